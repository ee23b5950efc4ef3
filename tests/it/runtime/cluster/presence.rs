//! Clients whose connection is lost, as the node sees it that has their components and rooms.

use nano::client::{Client, CloseReason};
use nano::testing::{Network, TestApp};
use nano::{
    App, Cluster, Context, LeaveReason, Result, Resume, RoomType, Server, Session, component,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

#[derive(Clone)]
struct Told(UnboundedSender<String>);

impl Told {
    fn tell(&self, event: impl Into<String>) {
        self.0.send(event.into()).expect("the test listens");
    }
}

struct Table(Told);

#[component(room)]
impl Table {
    #[on(leave)]
    fn left(&self, session: &Session, reason: LeaveReason) {
        self.0.tell(format!("left: {reason:?}, {:?}", session.close_reason()));
    }
}

struct Desk(Told);

#[component]
impl Desk {
    #[handler]
    async fn sit(&self, session: &Session, uid: i64, ctx: &Context<Self>) -> Result<()> {
        session.bind(uid).await?;
        session.enter(&ctx.open(Table(self.0.clone()))?).await
    }

    #[handler]
    fn is_lost(&self, session: &Session) -> bool {
        session.is_lost()
    }

    #[on(session_lost)]
    fn lost(&self, session: &Session) {
        self.0.tell(format!("lost: {}", session.is_lost()));
    }

    #[on(session_resumed)]
    fn resumed(&self, session: &Session) {
        self.0.tell(format!("resumed: {}", session.is_lost()));
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.0.tell(format!("closed: {:?}", session.close_reason()));
    }
}

/// On a node that hears of a session only when it is lost.
struct Witness(Told);

#[component]
impl Witness {
    #[handler(internal)]
    fn look(&self) {}

    #[on(session_lost)]
    fn lost(&self, session: &Session) {
        self.0.tell(format!("lost: {}", session.is_lost()));
    }
}

struct Porter;

#[component]
impl Porter {
    #[handler]
    fn greet(&self) {}

    #[on(session_lost)]
    async fn lost(&self, session: &Session) {
        let witness = WitnessClient::new(&session.caller());
        // Until the gate has heard of its node.
        while witness.look().await.is_err() {
            tokio::task::yield_now().await;
        }
    }
}

/// A gate whose clients may come back, and a node behind it.
struct World {
    gate: TestApp,
    backend: Server,
    events: UnboundedReceiver<String>,
}

impl World {
    async fn start(gate: App, backend: impl FnOnce(Told) -> App) -> Self {
        let (tell, events) = unbounded_channel();
        let node = || Cluster::bind("127.0.0.1:0");
        let gate = gate.resume(Resume::new()).cluster(node().master());
        let gate = TestApp::start(gate).await;
        let master = gate.server().cluster_address().expect("a node").to_string();
        let backend = backend(Told(tell)).cluster(node().join(master).name("backend"));
        Self { backend: backend.start().await.expect("it starts"), gate, events }
    }

    async fn connect(&self, network: &Network) -> Client {
        self.gate.connect_over(network, Client::builder()).await
    }

    async fn event(&mut self) -> String {
        self.events.recv().await.expect("an event")
    }

    async fn shutdown(self) {
        self.gate.shutdown().await;
        self.backend.shutdown().await;
    }
}

/// Calls again until the gate has heard of the node.
async fn request<T: DeserializeOwned>(client: &Client, route: &str, body: &impl Serialize) -> T {
    loop {
        match client.request(route, body).await {
            Ok(reply) => return reply,
            Err(error) => {
                assert!(matches!(error.code(), Some("not_found" | "unavailable")), "{error}")
            }
        }
    }
}

#[tokio::test]
async fn a_node_hears_that_a_client_is_lost_back_and_why_it_has_gone() {
    let desk = |told: Told| App::new().component(Desk(told)).rooms(RoomType::<Table>::new());
    let mut world = World::start(App::new(), desk).await;
    let network = Network::new();
    let client = world.connect(&network).await;
    let () = request(&client, "desk.sit", &7).await;
    network.cut();
    assert_eq!(world.event().await, "lost: true");
    network.mend();
    assert_eq!(world.event().await, "resumed: false");
    assert!(!request::<bool>(&client, "desk.is_lost", &()).await);
    // By its gate: the node that has the room hears why.
    world.gate.server().user(7).kick("enough");
    assert_eq!(client.closed().await, CloseReason::Kicked { reason: "enough".to_owned() });
    assert_eq!(world.event().await, "left: Kicked, Some(Kicked(\"enough\"))");
    assert_eq!(world.event().await, "closed: Some(Kicked(\"enough\"))");
    world.shutdown().await;
}

#[tokio::test]
async fn a_node_that_gets_to_know_a_lost_session_hears_that_it_is_lost() {
    let gate = App::new().component(Porter);
    let mut world = World::start(gate, |told| App::new().component(Witness(told))).await;
    let network = Network::new();
    let client = world.connect(&network).await;
    client.request::<_, ()>("porter.greet", &()).await.expect("at the gate");
    network.cut();
    assert_eq!(world.event().await, "lost: true");
    world.shutdown().await;
}
