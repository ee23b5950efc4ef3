//! Nodes over real sockets.

mod closes;
mod dialects;
mod go;
mod killed;
mod leaving;
mod lobby;
mod membership;
mod presence;
mod sizes;
mod starts;
mod strangers;
mod tls;
mod users;

use nano::client::Client;
use nano::{
    App, Cluster, ErrorKind, Group, Json, NodeTls, Result, Server, Session, Tcp, component,
};

#[derive(Default)]
struct Chat {
    members: Group,
}

#[component]
impl Chat {
    #[handler]
    async fn join(&mut self, session: &Session, uid: i64) -> Result<usize> {
        session.bind(uid).await?;
        self.members.add(session)?;
        Ok(self.members.len())
    }

    #[handler]
    fn say(&self, text: String) -> Result<()> {
        self.members.broadcast("onSay", &text)
    }

    #[on(session_closed)]
    fn left(&mut self, session: &Session) {
        self.members.leave(session);
    }
}

async fn gate(number: u32, backend: &Server) -> Server {
    let address = backend.cluster_address().expect("a node").to_string();
    let node = Cluster::bind("127.0.0.1:0").number(number).member(1, address);
    App::new().listen(Tcp::bind("127.0.0.1:0")).cluster(node).start().await.expect("it starts")
}

/// Connects, and waits until the gate has a link to the backend.
async fn connect(gate: &Server) -> Client<Json> {
    let client = Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate");
    loop {
        match client.request::<_, ()>("chat.say", &"").await {
            Ok(()) => return client,
            Err(error) => {
                assert!(matches!(error.code(), Some("not_found" | "unavailable")), "{error}")
            }
        }
    }
}

#[tokio::test]
async fn clients_of_two_gates_talk_through_a_backend() {
    let node =
        Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1").member(3, "127.0.0.1:1");
    let backend = App::new().component(Chat::default()).cluster(node).start().await.unwrap();
    // Its default name is the address that it was given.
    let name = backend.cluster_address().expect("a node").to_string();
    ChatClient::new(&backend.node().named(&name)).say(&"hello".into()).await.expect("itself");
    let gates = [gate(2, &backend).await, gate(3, &backend).await];
    let (hear, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let mut clients = Vec::new();
    // All of them before the first joins, because this tries to say something.
    for gate in &gates {
        clients.push(connect(gate).await);
    }
    for (uid, client) in (1..).zip(&clients) {
        let hear = hear.clone();
        client.on("onSay", move |text: String| drop(hear.send((uid, text))));
        assert_eq!(client.request::<_, i64>("chat.join", &uid).await.unwrap(), uid);
    }
    let large = "x".repeat(60_000);
    clients[0].request::<_, ()>("chat.say", &large).await.unwrap();
    let mut all = [heard.recv().await.unwrap(), heard.recv().await.unwrap()];
    all.sort();
    assert_eq!(all, [(1, large.clone()), (2, large)]);

    backend.shutdown().await;
    let error = loop {
        // The links end a moment later.
        if let Err(error) = clients[1].request::<_, ()>("chat.say", &"").await {
            break error;
        }
    };
    assert!(matches!(error.code(), Some("unavailable" | "node_lost")), "{error}");
    for gate in &gates {
        assert_eq!(gate.sessions(), 1, "the clients stay");
        gate.shutdown().await;
    }
}

#[tokio::test]
async fn a_node_that_cannot_be_says_why() {
    let check = async |cluster: Cluster, text: &str| {
        let error = App::new().cluster(cluster).start().await.expect_err("a problem");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(text), "{error}");
    };
    let node = || Cluster::bind("127.0.0.1:0").number(1);
    check(Cluster::bind("127.0.0.1:0"), "nothing says who is a node: `.master()`").await;
    check(Cluster::bind("127.0.0.1:0").member(2, "a:1"), "the number of this node is 0").await;
    check(node().join("127.0.0.1:1"), "a list of numbers and `.join(..)` are both given").await;
    check(node().number(1 << 26), "1 to 67108863 are numbers").await;
    check(node().member(1, "127.0.0.1:1"), "both have the number 1").await;
    check(node().member(2, "a:1").member(2, "b:1"), "two members have the number 2").await;
    check(node().cluster_name(""), "its name has 0 bytes").await;
    check(node().name("x".repeat(256)), "the name of the node has 256 bytes").await;
    check(Cluster::bind("0.0.0.0:0").trusted_network().master(), "`.advertise(").await;
    check(Cluster::bind("0.0.0.0:0").number(1), "can be reached from other machines").await;
    check(node().tls(NodeTls::files("none.pem", "none", "none")), "`none.pem` cannot be read")
        .await;
    check(node().tls(NodeTls::pem("", "", "")), "the PEM of the node's certificate has no").await;
    check(Cluster::bind("nowhere").number(1), "nowhere cannot be listened on").await;
}
