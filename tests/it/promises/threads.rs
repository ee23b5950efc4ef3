//! The promises on threads of the app's own, over sockets.

mod door;

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use nano::client::Client;
use nano::{
    App, Context, Error, ErrorKind, Group, Result, Server, Session, Tcp, WebSocket, component, push,
};
use tokio::sync::Notify;

use super::support::{Log, in_time};

const THREADS: usize = 2;

#[derive(Clone, Default)]
struct Desk {
    log: Log,
    gate: Arc<Notify>,
    visitors: Group,
}

#[push]
trait DeskPush {
    #[push(name = "desk.told")]
    fn told(msg: u32);
}

fn this_thread() -> String {
    thread::current().name().unwrap_or_default().to_owned()
}

/// Notes that it is dropped.
struct Note(Log, &'static str);

impl Drop for Note {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

#[component]
impl Desk {
    #[on(session_opened)]
    fn opened(&self, session: &Session) -> Result<()> {
        self.visitors.add(session)
    }

    #[on(session_closed)]
    fn closed(&self) {
        self.log.add("closed");
    }

    #[on(shutdown)]
    fn shut(&self) {
        self.log.add("shutdown");
    }

    #[handler]
    fn place(&self) -> String {
        this_thread()
    }

    #[handler]
    async fn place_of_a_task(&self) -> Result<String> {
        tokio::spawn(async { this_thread() }).await.map_err(Error::internal)
    }

    #[handler]
    fn panics(&self, how: String) -> u32 {
        match how.as_str() {
            "blocks" => tokio::task::block_in_place(|| 1),
            _ => panic!("a handler panics"),
        }
    }

    #[handler]
    fn tell(&self, msg: u32) -> Result<()> {
        DeskPush::to(&self.visitors).told(&msg)
    }

    #[handler]
    fn ring_later(&self, ctx: &Context<Self>) {
        let ring = |desk: &Self| desk.log.add(format!("rang on {}", this_thread()));
        ctx.after(Duration::from_millis(1), ring);
    }

    #[handler]
    async fn wait(&self) -> u32 {
        // Created before the test is told: another thread may open the gate at once.
        let opened = self.gate.notified();
        self.log.add("waits");
        opened.await;
        7
    }

    #[handler]
    fn leave_a_task(&self) {
        let note = Note(self.log.clone(), "task dropped");
        tokio::spawn(async move {
            let _note = note;
            std::future::pending::<()>().await;
        });
    }
}

async fn start(desk: &Desk) -> Server {
    let app = App::new().threads(THREADS).component(desk.clone()).push(DeskPush);
    let app = app.listen(Tcp::bind("127.0.0.1:0")).listen(WebSocket::bind("127.0.0.1:0").path("/"));
    app.start().await.expect("the app starts")
}

/// Connects over TCP and over WebSocket, by turns.
async fn connect(server: &Server, number: usize) -> Client {
    let [tcp, ws] = server.addresses() else { panic!("expected two addresses") };
    let url = if number.is_multiple_of(2) { format!("tcp://{tcp}") } else { format!("ws://{ws}/") };
    Client::connect(&url).await.expect("the app accepts the client")
}

#[tokio::test]
async fn sessions_are_spread_over_threads_and_stay_on_theirs() {
    let server = start(&Desk::default()).await;
    let mut places = Vec::new();
    let mut clients = Vec::new();
    for number in 0..4 * THREADS {
        let client = connect(&server, number).await;
        let place: String = client.request("desk.place", &()).await.expect("a reply");
        assert!(place.starts_with("nano-"), "{place} is a thread of the app");
        for route in ["desk.place", "desk.place_of_a_task", "desk.place"] {
            let other: String = client.request(route, &()).await.expect("a reply");
            assert_eq!(other, place, "{route}");
        }
        places.push(place);
        clients.push(client);
    }
    for number in 1..=THREADS {
        let here = places.iter().filter(|place| **place == format!("nano-{number}")).count();
        assert_eq!(here, 4, "{places:?}");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn promise_3_a_panic_on_a_thread_costs_its_call_only() {
    let server = start(&Desk::default()).await;
    let clients = [connect(&server, 0).await, connect(&server, 1).await];
    for (client, how) in clients.iter().zip(["panics", "blocks"]) {
        let failed = client.request::<_, u32>("desk.panics", &how).await.expect_err(how);
        assert_eq!(failed.code(), Some("internal"), "{how}");
    }
    for client in &clients {
        client.request::<_, String>("desk.place", &()).await.expect("a reply");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn pushes_cross_threads() {
    let server = start(&Desk::default()).await;
    let clients = [connect(&server, 0).await, connect(&server, 1).await];
    let heard = Log::default();
    for client in &clients {
        let heard = heard.clone();
        client.on("desk.told", move |msg: u32| heard.add(msg.to_string()));
        // Its session is open, and in the group, once a request is answered.
        client.request::<_, String>("desk.place", &()).await.expect("a reply");
    }
    for msg in 0..100_u32 {
        let from = &clients[msg as usize % 2];
        from.request::<_, ()>("desk.tell", &msg).await.expect("a reply");
        heard.reached_times(&msg.to_string(), 2).await;
    }
    server.shutdown().await;
}

#[tokio::test]
async fn promise_7_timers_of_handlers_run_on_their_thread() {
    let desk = Desk::default();
    let server = start(&desk).await;
    let client = connect(&server, 0).await;
    let place: String = client.request("desk.place", &()).await.expect("a reply");
    client.request::<_, ()>("desk.ring_later", &()).await.expect("a reply");
    desk.log.reached(&format!("rang on {place}")).await;
    server.shutdown().await;
}

#[tokio::test]
async fn promise_6_shutdown_finishes_handlers_and_joins_the_threads() {
    let desk = Desk::default();
    let server = start(&desk).await;
    let clients = [connect(&server, 0).await, connect(&server, 1).await];
    for client in &clients {
        client.request::<_, ()>("desk.leave_a_task", &()).await.expect("a reply");
    }
    let waiting = clients.each_ref().map(|client| {
        let client = client.clone();
        tokio::spawn(async move { client.request::<_, u32>("desk.wait", &()).await })
    });
    desk.log.reached_times("waits", 2).await;
    let ending = tokio::spawn({
        let server = server.clone();
        async move { server.shutdown().await }
    });
    in_time("the begin of the shutdown", server.stopping()).await;
    desk.gate.notify_waiters();
    for reply in waiting {
        let reply = in_time("a reply", reply).await.expect("no panic");
        assert_eq!(reply.expect("what runs is finished"), 7);
    }
    in_time("the end", ending).await.expect("no panic");
    let entries = desk.log.entries();
    assert_eq!(
        entries[entries.len() - 2..],
        ["task dropped"; 2],
        "the threads end last: {entries:?}"
    );
    assert_eq!((desk.log.count("closed"), desk.log.count("shutdown")), (2, 1));
}

/// Asks for the end of its app from a thread that ends with it.
#[derive(Default)]
struct Off(OnceLock<Server>);

#[component]
impl Off {
    #[handler]
    fn switch(&self) {
        let server = self.0.get().cloned();
        tokio::spawn(async move { server.expect("it was handed over").shutdown().await });
    }
}

#[tokio::test]
async fn promise_6_a_handler_may_ask_for_the_end() {
    let server = App::new().threads(1).component(Off::default());
    let server = server.listen(Tcp::bind("127.0.0.1:0")).start().await.expect("the app starts");
    let off = server.component::<Off>().expect("the component");
    let handed = server.clone();
    off.call(move |off| off.0.set(handed).is_ok()).await.expect("the app runs");
    let client = Client::connect(&format!("tcp://{}", server.addresses()[0])).await;
    let client = client.expect("a connection");
    client.request::<_, ()>("off.switch", &()).await.expect("a reply");
    in_time("the end", server.stopped()).await;
    let refused = client.request::<_, ()>("off.switch", &()).await.expect_err("it is over");
    assert_eq!(refused.kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn promise_6_dropping_the_last_server_closes_sessions_and_ends_the_threads() {
    let desk = Desk::default();
    let server = start(&desk).await;
    let client = connect(&server, 0).await;
    client.request::<_, ()>("desk.leave_a_task", &()).await.expect("a reply");
    drop(server);
    in_time("the close", client.closed()).await;
    desk.log.reached("task dropped").await;
    assert_eq!((desk.log.count("closed"), desk.log.count("shutdown")), (1, 0));
}
