//! Nodes that leave while their rooms have work to do.

use std::sync::Arc;

use nano::{App, Cluster, Context, ErrorKind, Handle, Result, RoomType, Server, component};
use tokio::sync::{Notify, mpsc};

use crate::promises::support::in_time;

/// A room that saves what it has at another node, when the test lets it.
struct Vault {
    closes: Arc<Notify>,
    goes: Arc<Notify>,
    saved: mpsc::UnboundedSender<Result<()>>,
}

#[component(room)]
impl Vault {
    #[on(close)]
    async fn closed(&self, ctx: &Context<Self>) {
        self.closes.notify_one();
        self.goes.notified().await;
        let saved = BankClient::new(&ctx.node().any()).save().await;
        self.saved.send(saved).expect("the test waits");
    }
}

struct Bank;

#[component]
impl Bank {
    #[handler(internal)]
    fn save(&self) {}
}

#[tokio::test]
async fn the_name_of_a_room_is_free_when_its_close_hook_has_ended() {
    let (closes, goes) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let (saved, mut savings) = mpsc::unbounded_channel();
    let open = async |server: &Server| -> Result<Handle<Vault>> {
        let (closes, goes, saved) = (closes.clone(), goes.clone(), saved.clone());
        let vaults = server.rooms::<Vault>().expect("vaults");
        vaults.open_named("gold", Vault { closes, goes, saved }).await
    };
    let app = || App::new().rooms(RoomType::<Vault>::new());
    let master = Cluster::bind("127.0.0.1:0").master();
    let master = app().component(Bank).cluster(master).start().await.expect("it starts");
    let address = master.cluster_address().expect("a node").to_string();
    let node = Cluster::bind("127.0.0.1:0").join(address);
    let node = app().cluster(node).start().await.expect("it starts");
    open(&node).await.expect("a room");

    let ending = tokio::spawn({
        let node = node.clone();
        async move { node.shutdown().await }
    });
    in_time("the hook", closes.notified()).await;
    let error = open(&master).await.expect_err("the room has not saved yet");
    assert_eq!(error.kind(), ErrorKind::RoomNameTaken);
    goes.notify_one();
    let saved = in_time("the call", savings.recv()).await.expect("an outcome");
    saved.expect("the other nodes are reached until the rooms have closed");
    in_time("the end", ending).await.expect("no panic");
    let freed = async {
        while open(&master).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    in_time("the name", freed).await;
    goes.notify_one();
    master.shutdown().await;
}
