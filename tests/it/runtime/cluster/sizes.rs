//! Nodes whose largest messages differ.

use nano::client::Client;
use nano::{App, Cluster, Error, ErrorKind, Result, Server, Session, Tcp, component};

/// More than a frame of a node with the defaults may have.
const LARGE: usize = 5 * 1024 * 1024;

/// The component of a node that takes large messages.
struct Store;

#[component]
impl Store {
    #[handler]
    fn read(&self, bytes: usize) -> String {
        "x".repeat(bytes)
    }

    #[handler]
    fn push(&self, session: &Session, bytes: usize) -> Result<()> {
        session.push("onFile", &"x".repeat(bytes))
    }
}

/// The component of a node that has the defaults.
struct Desk;

#[component]
impl Desk {
    #[handler(internal)]
    fn len(&self, text: String) -> usize {
        text.len()
    }
}

fn large() -> App {
    App::new().packet_limit(8 * 1024 * 1024).outbound_limit(16 * 1024 * 1024)
}

#[tokio::test]
async fn what_another_node_does_not_take_is_an_error_and_breaks_no_link() {
    let node = Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1");
    let store = large().component(Store).cluster(node).start().await.expect("it starts");
    let address = store.cluster_address().expect("a node").to_string();
    let node = Cluster::bind("127.0.0.1:0").number(2).member(1, address);
    let gate = App::new().component(Desk).listen(Tcp::bind("127.0.0.1:0")).cluster(node);
    let gate = gate.start().await.expect("it starts");
    let client = Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate");
    while client.request::<_, String>("store.read", &1).await.is_err() {
        tokio::task::yield_now().await;
    }

    let too_large = |error: Error| assert_eq!(error.code(), Some("too_large"), "{error:?}");
    too_large(client.request::<_, String>("store.read", &LARGE).await.expect_err("an answer"));
    too_large(client.request::<_, ()>("store.push", &LARGE).await.expect_err("a push"));
    let desk = DeskClient::new(&store.node().number(2));
    let error = desk.len(&"x".repeat(LARGE)).await.expect_err("a call");
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    assert!(error.to_string().contains("bytes, and the node takes 4"), "{error}");
    // It fits into a frame, and not into a packet to the clients of the gate: that is the server's fault.
    let error = client.request::<_, String>("store.read", &100_000).await.expect_err("an answer");
    assert_eq!(error.code(), Some("internal"), "{error:?}");
    // A link that broke would have lost the session.
    assert_eq!(client.request::<_, String>("store.read", &3).await.expect("served"), "xxx");
    assert_eq!(desk.len(&"four".into()).await.expect("served"), 4);
    for server in [&gate, &store] {
        Server::shutdown(server).await;
    }
}
