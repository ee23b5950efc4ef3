//! Promise 6: the drain of an app, before its shutdown.

use std::sync::Arc;
use std::time::Duration;

use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, CloseReason, Context, Result, RoomType, Session, WebSocket, component};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::support::{Log, code_of, in_time};

/// Plays until its gate is opened.
#[derive(Clone)]
struct Match {
    log: Log,
    gate: Arc<Semaphore>,
}

#[component]
impl Match {
    #[handler]
    fn say(&self, text: String) -> String {
        text
    }

    #[handler]
    async fn wait(&self) {
        self.log.add("wait starts");
        tokio::time::sleep(Duration::from_secs(3)).await;
    }

    #[on(drain)]
    async fn finish(&self) {
        self.log.add("match.drain starts");
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
        self.log.add("match.drain ends");
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        let reason = session.close_reason().expect("a reason");
        if let CloseReason::Drain { reconnect_in } = reason {
            self.log.add(format!("closed: back in {} s", reconnect_in.as_secs()));
        } else {
            self.log.add(format!("closed: {reason}"));
        }
    }

    #[on(before_shutdown)]
    fn before(&self) {
        self.log.add("before_shutdown");
    }

    #[on(shutdown)]
    fn end(&self) {
        self.log.add("shutdown");
    }
}

struct Lobby(Log);

#[component]
impl Lobby {
    #[on(drain)]
    fn finish(&mut self) {
        self.0.add("lobby.drain");
    }
}

async fn start() -> (TestApp, Match) {
    let game = Match { log: Log::default(), gate: Arc::new(Semaphore::new(0)) };
    let app = App::new().component(game.clone()).component(Lobby(game.log.clone()));
    (TestApp::start(app).await, game)
}

fn drain(app: &TestApp, seconds: u64) -> JoinHandle<()> {
    let server = app.server().clone();
    tokio::spawn(async move { server.drain(Duration::from_secs(seconds)).await })
}

async fn native(app: &TestApp) -> RawClient {
    let mut client = app.raw();
    client.open_as(json!({ "sys": { "features": [] } })).await;
    client
}

async fn kick(client: &mut RawClient) -> Value {
    loop {
        let packet = in_time("a kick", client.packet()).await.expect("a kick");
        if packet.kind == PacketKind::Kick {
            return serde_json::from_slice(&packet.body).expect("json");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_drain_lets_components_finish_then_sessions_leave_then_it_ends() {
    let (app, game) = start().await;
    let (mut stock, mut player) = (app.raw(), native(&app).await);
    stock.open().await;
    assert!(app.server().is_ready());
    let (begun, draining) = (Instant::now(), drain(&app, 12));
    game.log.reached("match.drain starts").await;
    game.log.reached("lobby.drain").await;
    assert!(!app.server().is_ready());

    // Whoever is there is served, and whoever comes is turned away.
    player.request(1, "match.say", "\"still here\"").await;
    assert_eq!(player.message().await.json(), "still here");
    let turned_away = app.raw().handshake(json!({})).await;
    assert_eq!(turned_away, json!({ "code": 500, "msg": "the server is shutting down" }));
    let mut late = app.raw();
    late.send_packet(PacketKind::Handshake, r#"{"sys":{"features":[]}}"#).await;
    assert_eq!(kick(&mut late).await, json!({ "reason": "drain", "reconnectIn": 1000 }));

    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(app.server().sessions(), 2, "the match is not over");
    game.gate.add_permits(1);
    game.log.reached("match.drain ends").await;
    let reconnect = kick(&mut player).await;
    assert_eq!(reconnect["reason"], "drain");
    player.expect_closed().await;
    stock.expect_closed().await;
    drop((player, stock));
    in_time("the end", draining).await.expect("no panic");
    assert!(begun.elapsed() < Duration::from_secs(14), "{:?}", begun.elapsed());
    let mut log = game.log.entries();
    log.retain(|entry| !entry.starts_with("closed: back in"));
    let order = ["match.drain starts", "lobby.drain", "match.drain ends", "before_shutdown"];
    assert_eq!(log, [&order[..], &["shutdown"]].concat());
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_drain_hook_that_hangs_leaves_time_for_the_sessions() {
    let (app, game) = start().await;
    let mut player = native(&app).await;
    player.request(1, "match.wait", "").await;
    game.log.reached("wait starts").await;
    let begun = Instant::now();
    let draining = drain(&app, 8);
    tokio::time::sleep(Duration::from_secs(1)).await;
    player.request(2, "match.wait", "").await;
    assert_eq!(player.message().await.id, 1);
    assert_eq!(player.message().await.id, 2, "handlers are waited for");
    assert_eq!(kick(&mut player).await["reason"], "drain");
    assert!((4..9).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    drop(player);
    in_time("the end", draining).await.expect("no panic");
    assert_eq!(game.log.count("match.drain ends"), 0);
    assert_eq!(game.log.count("shutdown"), 1);
}

/// A table that closes at the end of its round.
struct Table(Log);

#[component(room)]
impl Table {
    #[on(drain)]
    fn finish(&mut self, ctx: &Context<Self>) {
        self.0.add("table.drain");
        if ctx.members().is_empty() {
            ctx.close();
        }
    }

    #[handler]
    fn win(&mut self, ctx: &Context<Self>) {
        self.0.add("table.win");
        ctx.close();
    }
}

struct Doorman(Log);

#[component]
impl Doorman {
    #[handler]
    async fn sit(&self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        let table = ctx.open(Table(self.0.clone()))?;
        session.enter(&table).await
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_drain_waits_for_rooms_to_close() {
    for is_won in [true, false] {
        let log = Log::default();
        let app = App::new().component(Doorman(log.clone())).rooms(RoomType::<Table>::new());
        let app = TestApp::start(app).await;
        let tables = app.server().rooms::<Table>().expect("tables");
        let _empty = tables.open(Table(log.clone())).expect("a table");
        let mut player = native(&app).await;
        player.request(1, "doorman.sit", "").await;
        assert_eq!(player.message().await.id, 1);
        let (begun, draining) = (Instant::now(), drain(&app, 12));
        log.reached_times("table.drain", 2).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(tables.list().len(), 1, "the empty table has closed");
        if is_won {
            player.notify("table.win", "").await;
            log.reached("table.win").await;
        }
        assert_eq!(kick(&mut player).await["reason"], "drain");
        // Hooks and rooms have six seconds, if they need them.
        assert_eq!(log.count("table.win"), usize::from(is_won));
        let took = begun.elapsed().as_secs();
        assert!(is_won || (6..=12).contains(&took), "{took} s");
        drop(player);
        in_time("the end", draining).await.expect("no panic");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_clients_of_a_drain_come_back_over_ten_seconds() {
    const CLIENTS: usize = 400;
    for seconds in [0, 2, 10, 40] {
        let app = TestApp::start(App::new().heartbeat(Duration::from_secs(5))).await;
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(native(&app).await);
        }
        let (begun, draining) = (Instant::now(), drain(&app, seconds));
        let leaving: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                tokio::spawn(async move {
                    loop {
                        let packet = client.packet().await.expect("a kick");
                        if packet.kind == PacketKind::Kick {
                            let kick: Value = serde_json::from_slice(&packet.body).expect("json");
                            let wait = kick["reconnectIn"].as_u64().expect("a number");
                            let left = begun.elapsed();
                            return (left, left + Duration::from_millis(wait));
                        }
                        client.send_packet(PacketKind::Heartbeat, "").await;
                    }
                })
            })
            .collect();
        let spread = seconds.max(10);
        let mut back = [0; 4];
        for client in leaving {
            let (left, returned) = client.await.expect("no panic");
            assert!(left <= Duration::from_secs(seconds) + Duration::from_millis(100), "{left:?}");
            let quarter = returned.as_secs_f64() * 4.0 / spread as f64;
            back[(quarter as usize).min(3)] += 1;
        }
        let is_even = back.iter().all(|count| (CLIENTS / 8..CLIENTS / 2).contains(count));
        assert!(is_even, "{seconds} s: {back:?}");
        in_time("the end", draining).await.expect("no panic");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_drain_ends_when_its_sessions_have_left() {
    let app = TestApp::start(App::new()).await;
    let clients = [native(&app).await, native(&app).await];
    let (begun, draining) = (Instant::now(), drain(&app, 3600));
    tokio::time::sleep(Duration::from_millis(10)).await;
    drop(clients);
    in_time("the end", draining).await.expect("no panic");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_drain_twice_and_a_shutdown_in_between_are_harmless() {
    let (app, game) = start().await;
    let mut player = native(&app).await;
    let (begun, first, second) = (Instant::now(), drain(&app, 3600), drain(&app, 0));
    game.log.reached("match.drain starts").await;
    let ended = tokio::time::timeout(Duration::from_secs(20), app.server().stopped()).await;
    assert!(ended.is_err(), "the second drain changes nothing");
    let ending = tokio::spawn({
        let app = app.clone();
        async move { app.shutdown().await }
    });
    assert_eq!(kick(&mut player).await["reason"], "shutdown");
    drop(player);
    for task in [first, second, ending, drain(&app, 5)] {
        in_time("the end", task).await.expect("no panic");
    }
    assert!(begun.elapsed() < Duration::from_secs(25));
    for (entry, count) in [("match.drain starts", 1), ("match.drain ends", 0), ("shutdown", 1)] {
        assert_eq!(game.log.count(entry), count, "{entry}");
    }
}

#[tokio::test]
async fn promise_6_load_balancers_learn_of_a_drain() {
    let (log, gate) = (Log::default(), Arc::new(Semaphore::new(0)));
    let game = Match { log: log.clone(), gate: gate.clone() };
    let listener = WebSocket::bind("127.0.0.1:0").health("/healthz");
    let app = TestApp::start(App::new().component(game).listen(listener)).await;
    let address = app.server().addresses()[0];
    let health = async || {
        let mut stream = TcpStream::connect(address).await.expect("the app listens");
        let request = b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n";
        stream.write_all(request).await.expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an orderly end");
        answer.split(' ').nth(1).expect("a status").to_owned()
    };
    assert_eq!(health().await, "200");
    let draining = drain(&app, 60);
    log.reached("match.drain starts").await;
    assert_eq!(health().await, "503");
    gate.add_permits(1);
    in_time("the end", draining).await.expect("no panic");
}

/// A request that has come and was not started is answered, as at a shutdown.
#[tokio::test(start_paused = true)]
async fn promise_6_a_drain_answers_what_it_does_not_start() {
    let (app, game) = start().await;
    game.gate.add_permits(1);
    let mut player = native(&app).await;
    player.request(1, "match.wait", "").await;
    game.log.reached("wait starts").await;
    player.request(2, "match.say", "\"too late\"").await;
    let draining = drain(&app, 0);
    assert_eq!(player.message().await.id, 1);
    let reply = player.message().await;
    assert_eq!((reply.id, code_of(&reply.json())), (2, "shutdown"));
    assert_eq!(kick(&mut player).await["reason"], "drain");
    drop(player);
    in_time("the end", draining).await.expect("no panic");
}

/// `cargo test -p nano-tests --test it promises::drain -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half a minute, and prints figures"]
#[expect(clippy::print_stdout, reason = "it prints")]
async fn ten_thousand_clients_leave_in_time() {
    const CLIENTS: usize = 10_000;
    for seconds in [10, 0] {
        let app = TestApp::start(App::new()).await;
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            let (near, far) = tokio::io::duplex(1024);
            app.server().serve(far);
            let mut client = RawClient::new(near);
            client.open_as(json!({ "sys": { "features": [] } })).await;
            clients.push(client);
        }
        let (begun, draining) = (std::time::Instant::now(), drain(&app, seconds));
        let leaving: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                tokio::spawn(async move {
                    let mut kicked = None;
                    // The time of the drain is the deadline.
                    while kicked.is_none() {
                        let packet = client.packet();
                        let waited = tokio::time::timeout(Duration::from_secs(9), packet).await;
                        kicked = waited.ok().flatten().filter(|p| p.kind == PacketKind::Kick);
                    }
                    let body = kicked.expect("a kick").body;
                    let kick: Value = serde_json::from_slice(&body).expect("json");
                    let wait = kick["reconnectIn"].as_u64().expect("a number");
                    let left = begun.elapsed();
                    (left, left + Duration::from_millis(wait))
                })
            })
            .collect();
        let (mut last, mut left, mut back) = (Duration::ZERO, [0; 12], [0; 12]);
        for client in leaving {
            let (left_at, back_at) = client.await.expect("no panic");
            last = last.max(left_at);
            left[(left_at.as_secs() as usize).min(11)] += 1;
            back[(back_at.as_secs() as usize).min(11)] += 1;
        }
        draining.await.expect("no panic");
        let ended = begun.elapsed();
        println!(
            "{CLIENTS} clients, {seconds} s: the last left after {last:?}, the end after {ended:?}"
        );
        println!("  left in each second: {left:?}\n  back in each second: {back:?}");
        assert!(ended <= Duration::from_secs(seconds) + Duration::from_secs(2), "{ended:?}");
        assert!(back.iter().all(|count| *count < CLIENTS / 5), "{back:?}");
    }
}
