//! Matchmaking for the players of two gates, whose tables are on two other nodes.

use std::collections::BTreeSet;

use nano::client::Client;
use nano::{
    App, Cluster, Context, Json, LostRoom, NewRoom, Node, Result, RoomType, Server, Session, Tcp,
    component,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

struct Table {
    host: &'static str,
}

#[derive(Default)]
struct TableInfo {
    stake: u32,
}

#[component(room(info = TableInfo))]
impl Table {
    /// Tells the host, the table and the number of its members.
    #[handler]
    fn look(&self, ctx: &Context<Self>) -> (String, u64, usize) {
        (self.host.to_owned(), ctx.id().get(), ctx.members().len())
    }
}

struct Host(&'static str);

#[component]
impl Host {
    #[handler(internal)]
    async fn seat(&self, session: &Session, stake: u32, ctx: &Context<Self>) -> Result<()> {
        let seat = ctx.rooms::<Table>()?.find_or_open(
            |table| table.info.stake == stake,
            || NewRoom::new(Table { host: self.0 }).info(TableInfo { stake }),
        )?;
        session.enter(seat).await
    }

    #[handler(internal)]
    fn open(&self, ctx: &Context<Self>) -> Result<String> {
        ctx.open(Table { host: self.0 })?;
        Ok(self.0.to_owned())
    }
}

#[derive(Default)]
struct Lobby {
    hosts: usize,
}

#[component]
impl Lobby {
    #[handler]
    async fn play(&self, session: &Session, stake: u32) -> Result<()> {
        session.leave::<Table>();
        session.data().set("stake", &stake)?;
        session.unroute("host");
        HostClient::new(&session.caller()).seat(&stake).await
    }

    #[handler]
    fn hosts(&self) -> usize {
        self.hosts
    }

    /// Opens a table for somebody who enters it later.
    #[handler]
    async fn reserve(&self, ctx: &Context<Self>) -> Result<String> {
        HostClient::new(&ctx.node().least_loaded()).open().await
    }

    #[on(node_joined)]
    fn joined(&mut self, node: &Node) {
        self.hosts += usize::from(node.has("host"));
    }

    #[on(room_lost)]
    fn lost(&self, session: &Session, room: LostRoom) -> Result<()> {
        session.push("onLost", &room.component())
    }
}

type Heard = mpsc::UnboundedReceiver<(&'static str, Value)>;

/// Connects to a gate, as soon as it knows both hosts.
async fn connect(gate: &Server) -> (Client<Json>, Heard) {
    let client = Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate");
    let (hear, heard) = mpsc::unbounded_channel();
    for route in ["nano.room_lost", "onLost"] {
        let hear = hear.clone();
        // The test has heard enough.
        client.on(route, move |body: Value| drop(hear.send((route, body))));
    }
    while client.request::<_, usize>("lobby.hosts", &()).await.expect("a number") < 2 {}
    (client, heard)
}

async fn play(client: &Client<Json>, stake: u32) -> (String, u64, usize) {
    // A node that has ended may still be there for a moment.
    while let Err(error) = client.request::<_, ()>("lobby.play", &stake).await {
        let code = error.code().unwrap_or_default();
        assert!(["unavailable", "node_lost"].contains(&code), "{error}");
    }
    client.request("table.look", &()).await.expect("it is at a table")
}

#[tokio::test]
async fn players_of_all_gates_are_put_together_and_find_another_table_when_theirs_is_lost() {
    let node = || Cluster::bind("127.0.0.1:0");
    let gate = |cluster: Cluster| {
        let cluster = cluster.route("host", |session, hosts| {
            let stake: u32 = session.data().get("stake").ok()??;
            Node::for_key(hosts, stake).map(Node::number)
        });
        App::new().component(Lobby::default()).listen(Tcp::bind("127.0.0.1:0")).cluster(cluster)
    };
    let one = gate(node().master().name("one")).start().await.expect("it starts");
    let master = one.cluster_address().expect("a node").to_string();
    let join = |name: &'static str| node().join(&master).name(name);
    let host = |name: &'static str| {
        let tables = RoomType::<Table>::new().max_members(4);
        App::new().component(Host(name)).rooms(tables).cluster(join(name)).start()
    };
    let (two, ham, jam) = tokio::join!(gate(join("two")).start(), host("ham"), host("jam"));
    let (two, ham, jam) = (two.expect("a gate"), ham.expect("a host"), jam.expect("a host"));

    let mut players = Vec::new();
    for at in 0..5 {
        players.push(connect([&one, &two][at % 2]).await);
    }
    let mut seats = Vec::new();
    for (player, _) in &players {
        seats.push(play(player, 5).await);
    }
    let (host, table, _) = seats[0].clone();
    for (at, seat) in seats[..4].iter().enumerate() {
        assert_eq!(*seat, (host.clone(), table, at + 1));
    }
    assert!(seats[4].0 == host && seats[4].1 != table && seats[4].2 == 1, "{seats:?}");

    // Each stake has its host, and both have some. Rooms that nobody looks for go where the fewest are.
    let (guest, _) = connect(&two).await;
    let mut hosts = BTreeSet::new();
    for stake in 100..164 {
        hosts.insert(play(&guest, stake).await.0);
    }
    assert_eq!(hosts.len(), 2);
    let mut opened = BTreeSet::new();
    while opened.len() < 2 {
        opened.insert(guest.request::<_, String>("lobby.reserve", &()).await.expect("a table"));
    }

    let (lost, kept) = if host == "ham" { (ham, jam) } else { (jam, ham) };
    lost.shutdown().await;
    for (player, heard) in &mut players {
        assert_eq!(heard.recv().await, Some(("nano.room_lost", json!({ "room": "table" }))));
        assert_eq!(heard.recv().await, Some(("onLost", json!("table"))));
        let refused = player.request::<_, ()>("table.look", &()).await.expect_err("it is lost");
        assert_eq!(refused.code(), Some("room_closed"), "{refused}");
    }
    let mut seats = Vec::new();
    for (player, _) in &players {
        seats.push(play(player, 5).await);
    }
    assert!(seats.iter().all(|seat| seat.0 != host), "{seats:?}");
    assert!(seats[..4].iter().all(|seat| seat.1 == seats[0].1), "{seats:?}");
    for server in [one, two, kept] {
        server.shutdown().await;
    }
}
