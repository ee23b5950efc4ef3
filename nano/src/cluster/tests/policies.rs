//! The policies of handlers that components call.

use std::time::Duration;

use super::cable::{join, node};
use super::code;
use crate::testing::TestApp;
use crate::{App, Result, Session, component};

/// What the policies keep clients from, components may do.
struct Vault;

#[component(crate = crate)]
impl Vault {
    #[handler(rate = "1/h", max_body = "8B")]
    fn weigh(&self, text: String) -> usize {
        text.len()
    }

    #[handler(rate = "1/h", max_body = "8B")]
    fn label(&self, _session: &Session, text: String) -> usize {
        text.len()
    }
}

struct Clerk;

#[component(crate = crate)]
impl Clerk {
    #[handler(guest)]
    async fn store(&self, session: &Session, text: String) -> Result<usize> {
        let vault = VaultClient::new(&session.caller());
        let mut sum = 0;
        for _ in 0..3 {
            sum += vault.weigh(&text).await? + vault.label(&text).await?;
        }
        Ok(sum)
    }
}

#[tokio::test(start_paused = true)]
async fn the_policies_for_clients_do_not_count_for_calls() {
    let text = "far more than eight bytes";
    let clerk = |app: App| app.require_bind().component(Clerk);
    let vault = |app: App| app.require_bind().component(Vault);
    let alone = TestApp::start(vault(clerk(App::new()))).await;
    // The clerk on the gate of the client, and on a second node.
    let gate = TestApp::start(clerk(App::new()).cluster(node(1))).await;
    let door = TestApp::start(App::new().require_bind().cluster(node(2))).await;
    let at_vault = TestApp::start(vault(App::new()).cluster(node(3))).await;
    let _cables =
        [join(&gate, &door).await, join(&gate, &at_vault).await, join(&door, &at_vault).await];
    for app in [&alone, &gate, &door] {
        let client = app.connect().await;
        let sum: usize = client.request("clerk.store", &text).await.expect("no policy of clients");
        assert_eq!(sum, 6 * text.len());
        for route in ["vault.weigh", "vault.label"] {
            assert_eq!(code(&client, route, text.into()).await, "not_bound", "{route}");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    for app in [&alone, &gate, &door] {
        let vault = VaultClient::new(&app.server().node().any());
        for _ in 0..3 {
            assert_eq!(vault.weigh(&text.to_owned()).await.expect("no session"), text.len());
        }
    }
}
