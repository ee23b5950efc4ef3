//! Users and named rooms of two gates, whose master and rooms are on other nodes.

use nano::client::{Client, CloseReason};
use nano::{
    App, Cluster, Context, DuplicateLogin, Json, Result, RoomType, Server, Session, Tcp, component,
};

struct Zone;

#[component(room)]
impl Zone {
    #[handler]
    fn shout(&self, text: String, ctx: &Context<Self>) -> Result<()> {
        ctx.members().broadcast("onShout", &text)
    }
}

struct Hall;

#[component]
impl Hall {
    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> Result<()> {
        session.bind(uid).await
    }

    #[handler]
    async fn travel(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.find::<Zone>(&zone).await?).await
    }
}

async fn start(app: App, cluster: Cluster) -> Server {
    let app = app.duplicate_login(DuplicateLogin::Replace).cluster(cluster);
    app.start().await.expect("it starts")
}

/// Connects, and logs in as soon as the gate has a link to the hall.
async fn login(gate: &Server, uid: i64) -> Client<Json> {
    let client = Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate");
    loop {
        match client.request::<_, ()>("hall.login", &uid).await {
            Ok(()) => return client,
            Err(error) => {
                assert!(matches!(error.code(), Some("not_found" | "unavailable")), "{error}")
            }
        }
    }
}

#[tokio::test]
async fn fault_17_one_session_of_a_user_stays_and_meets_others_in_a_room_of_another_node() {
    let node = || Cluster::bind("127.0.0.1:0");
    let gate = || App::new().listen(Tcp::bind("127.0.0.1:0"));
    let one = start(gate(), node().master().name("one")).await;
    let master = one.cluster_address().expect("a node").to_string();
    let join = |name: &str| node().join(&master).name(name);
    let (two, hall, zones) = tokio::join!(
        start(gate(), join("two")),
        start(App::new().component(Hall), join("hall")),
        start(App::new().rooms(RoomType::<Zone>::new()), join("zones")),
    );
    let forest = zones.rooms::<Zone>().expect("zones");
    let forest = forest.open_named("forest", Zone).await.expect("a zone");

    let old = login(&one, 7).await;
    let new = login(&two, 7).await;
    assert_eq!(old.closed().await, CloseReason::Kicked { reason: "replaced".to_owned() });
    let other = login(&one, 8).await;

    let (hear, mut heard) = tokio::sync::mpsc::unbounded_channel();
    for (uid, client) in [(7, &new), (8, &other)] {
        for route in ["onMail", "onShout"] {
            let hear = hear.clone();
            client.on(route, move |text: String| hear.send((uid, text)).expect("the test hears"));
        }
        // The hall may not have heard of the node with the zones yet.
        while let Err(error) = client.request::<_, ()>("hall.travel", &"forest").await {
            assert_eq!(error.code(), Some("unavailable"), "{error}");
        }
    }
    other.request::<_, ()>("zone.shout", &"hey").await.expect("in the room");
    let mut both = [heard.recv().await.unwrap(), heard.recv().await.unwrap()];
    both.sort();
    assert_eq!(both, [(7, "hey".to_owned()), (8, "hey".to_owned())]);
    assert_eq!(forest.members().uids().len(), 2);

    // From nodes that do not know the sessions.
    one.user(7).push("onMail", &"ann").expect("on its way");
    assert_eq!(heard.recv().await, Some((7, "ann".to_owned())));
    assert!(two.user(8).is_online().await && !zones.user(9).is_online().await);
    hall.user(8).kick("enough");
    assert_eq!(other.closed().await, CloseReason::Kicked { reason: "enough".to_owned() });
    for server in [zones, hall, two, one] {
        server.shutdown().await;
    }
}
