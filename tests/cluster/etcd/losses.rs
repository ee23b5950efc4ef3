//! Sessions that lose their user to a gate that does not tell them.

use std::time::Duration;

use nano::client::{Client, CloseReason};
use nano::{
    App, Claim, ClaimKind, ClaimRule, Claimed, Cluster, DuplicateLogin, Etcd, Holder, Node,
    Registry, Server, Session, Tcp, component,
};
use tokio::time::timeout;

use super::server::Server as EtcdServer;
use crate::wait::until;

/// The time for what is told at once, on a busy machine.
const TOLD: Duration = Duration::from_secs(20);

struct Hall;

#[component]
impl Hall {
    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> nano::Result<()> {
        session.bind(uid).await
    }
}

async fn gate(name: &str, etcd: Etcd) -> Server {
    let cluster = Cluster::bind("127.0.0.1:0").name(name).registry(etcd);
    let app = App::new().component(Hall).duplicate_login(DuplicateLogin::Replace);
    app.listen(Tcp::bind("127.0.0.1:0")).cluster(cluster).start().await.expect("it starts")
}

async fn log_in(gate: &Server, uid: i64) -> Client {
    let address = format!("tcp://{}", gate.addresses()[0]);
    let client = Client::connect(&address).await.expect("a gate");
    client.request::<_, ()>("hall.login", &uid).await.expect("bound");
    client
}

async fn is_replaced(client: &Client) {
    let closed = timeout(TOLD, client.closed()).await.expect("it is closed");
    assert_eq!(closed, CloseReason::Kicked { reason: "replaced".to_owned() });
}

/// A gate that says nothing to others, as one that is killed.
async fn mute_gate(etcd: Etcd) -> (Etcd, u32) {
    etcd.of_cluster("nano");
    let node = Node::new(0, "mute", "127.0.0.1:1").with_gate(true);
    let number = etcd.join(&node, 0).await.expect("it joins");
    (etcd, number)
}

fn user(uid: i64, holder: Holder) -> Claim {
    Claim::new(ClaimKind::User, uid.to_string(), holder)
}

/// A gate with a client that has the user 7.
async fn old_gate(etcd: &EtcdServer) -> (Server, Client) {
    let gate = gate("old", Etcd::new([etcd.url()])).await;
    let client = log_in(&gate, 7).await;
    (gate, client)
}

/// The old session hears of its loss, and nothing is left of that.
async fn ends(etcd: &EtcdServer, gate: Server, client: &Client) {
    is_replaced(client).await;
    until("the loss is forgotten", async || etcd.count("/nano/nano/lost/").await == 0).await;
    gate.shutdown().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_17_who_is_replaced_hears_of_it_though_the_new_gate_tells_nobody() {
    let etcd = EtcdServer::start().await;
    let (gate, client) = old_gate(&etcd).await;
    let (mute, number) = mute_gate(Etcd::new([etcd.url()])).await;
    let found = mute.find(ClaimKind::User, "7").await.expect("etcd answers");
    let old = found.expect("the client has the user");
    assert_eq!(old.id(), gate.user(7).sessions().remove(0).id().get());
    let claim = user(7, Holder::new(number, 1));
    let claimed = mute.claim(&claim, ClaimRule::Replace).await;
    assert_eq!(claimed, Ok(Claimed::Replaced(old)));
    // As it does whose answer was lost: it does not hear again whom it has replaced.
    let again = mute.claim(&claim, ClaimRule::Replace).await;
    assert_eq!(again, Ok(Claimed::Granted));
    ends(&etcd, gate, &client).await;
}
