//! Traps of many nodes: what a session, a route and a link leave to one another.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nano::client::Client;
use nano::{
    App, Cluster, Error, InboundMessage, Json, Result, Server, Session, SessionId, Tcp, component,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

/// The component of backends.
#[derive(Default)]
struct Chat {
    opened: Arc<AtomicUsize>,
    closed: Arc<AtomicUsize>,
    /// What the start waits for.
    ready: Option<Arc<Notify>>,
}

#[component]
impl Chat {
    #[on(init)]
    async fn init(&self) {
        if let Some(ready) = &self.ready {
            ready.notified().await;
        }
    }

    #[on(session_opened)]
    fn opened(&self) {
        self.opened.fetch_add(1, Ordering::SeqCst);
    }

    #[on(session_closed)]
    fn closed(&self) {
        self.closed.fetch_add(1, Ordering::SeqCst);
    }

    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> Result<u64> {
        session.bind(uid).await?;
        session.data().set("level", &7)?;
        Ok(session.id().get())
    }

    #[handler]
    fn who(&self, session: &Session) -> Result<(u64, Option<i64>, Option<u32>, bool)> {
        let uid = session.uid().and_then(|uid| uid.as_i64());
        let has_address = session.remote_addr().is_some();
        Ok((session.id().get(), uid, session.data().get("level")?, has_address))
    }

    #[handler]
    fn hang_up(&self, session: &Session) {
        session.close();
    }

    #[handler(concurrent)]
    fn quick(&self) -> Result<()> {
        Ok(())
    }

    #[handler]
    fn refuse(&self) -> Result<()> {
        Err(Error::reject("no_gold", "there is none"))
    }

    #[handler(timeout = "300ms")]
    async fn hang(&self) -> Result<()> {
        std::future::pending().await
    }
}

async fn backend(number: u32, members: &[(u32, String)], chat: Chat) -> Server {
    let app = App::new().component(chat).cluster(cluster(number, members));
    app.start().await.expect("it starts")
}

async fn gate(number: u32, members: &[(u32, String)]) -> Server {
    let app = App::new().listen(Tcp::bind("127.0.0.1:0")).cluster(cluster(number, members));
    app.start().await.expect("it starts")
}

fn cluster(number: u32, members: &[(u32, String)]) -> Cluster {
    let node = Cluster::bind("127.0.0.1:0").number(number);
    members.iter().fold(node, |node, (number, address)| node.member(*number, address.clone()))
}

fn nowhere(number: u32) -> (u32, String) {
    (number, "127.0.0.1:1".to_owned())
}

fn place(number: u32, server: &Server) -> (u32, String) {
    (number, server.cluster_address().expect("a node").to_string())
}

async fn client(gate: &Server) -> Client<Json> {
    Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate")
}

/// A client of a gate that has a link to the component.
async fn linked(gate: &Server) -> Client<Json> {
    let client = client(gate).await;
    loop {
        match client.request::<_, ()>("chat.quick", &()).await {
            Ok(()) => return client,
            Err(error) => {
                assert!(matches!(error.code(), Some("not_found" | "unavailable")), "{error}");
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn code(client: &Client<Json>, route: &str) -> String {
    let error = client.request::<_, ()>(route, &()).await.expect_err("an error");
    error.code().expect("a code").to_owned()
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), waiting).await.unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test]
async fn trap_31_ids_of_sessions_of_two_gates_never_collide() {
    let chat = backend(1, &[nowhere(2), nowhere(3)], Chat::default()).await;
    let gates = [gate(2, &[place(1, &chat)]).await, gate(3, &[place(1, &chat)]).await];
    let clients = [linked(&gates[0]).await, linked(&gates[1]).await];
    let mut ids: Vec<u64> = Vec::new();
    for client in &clients {
        ids.push(client.request("chat.login", &7).await.unwrap());
    }
    assert_ne!(ids[0] >> 36, ids[1] >> 36, "the number of the gate is part of it");
    clients[0].notify("chat.hang_up", &()).await.unwrap();
    clients[0].closed().await;
    let who: (u64, Option<i64>, Option<u32>, bool) =
        clients[1].request("chat.who", &()).await.expect("the other one lives");
    assert_eq!(who.0, ids[1]);
}

#[tokio::test]
async fn trap_32_errors_and_deadlines_come_through() {
    let chat = backend(1, &[nowhere(2)], Chat::default()).await;
    let gate = gate(2, &[place(1, &chat)]).await;
    let client = linked(&gate).await;
    assert_eq!(code(&client, "chat.refuse").await, "no_gold");
    let start = Instant::now();
    assert_eq!(code(&client, "chat.hang").await, "timeout");
    assert!(start.elapsed() >= Duration::from_millis(250), "{:?}", start.elapsed());
    chat.shutdown().await;
    let code = code(&client, "chat.refuse").await;
    assert!(matches!(&*code, "unavailable" | "node_lost"), "{code}");
}

#[tokio::test]
async fn trap_33_a_slow_backend_does_not_freeze_the_player() {
    let chat = backend(1, &[nowhere(2)], Chat::default()).await;
    let gate = gate(2, &[place(1, &chat)]).await;
    let client = linked(&gate).await;
    let (hear, mut heard) = mpsc::unbounded_channel();
    client.on("onNews", move |text: String| drop(hear.send(text)));
    let hangs = client.request::<_, ()>("chat.hang", &());
    let news = async {
        gate.everyone().broadcast("onNews", &"while it hangs").expect("sent");
        heard.recv().await
    };
    tokio::select! {
        biased;
        news = news => assert_eq!(news.as_deref(), Some("while it hangs")),
        result = hangs => panic!("the push is to come first, not {result:?}"),
    }
}

#[tokio::test]
async fn trap_35_a_route_does_not_outlive_its_node() {
    let [first, second] = [
        backend(1, &[nowhere(2), nowhere(3)], Chat::default()).await,
        backend(2, &[nowhere(1), nowhere(3)], Chat::default()).await,
    ];
    let gate = gate(3, &[place(1, &first), place(2, &second)]).await;
    let client = linked(&gate).await;
    until("one of them has the session", || first.sessions() + second.sessions() == 1).await;
    let (chosen, other) = if first.sessions() == 1 { (first, second) } else { (second, first) };
    chosen.shutdown().await;
    let goes_on = async {
        // Until the gate knows of the end, and of the other node.
        while client.request::<_, ()>("chat.quick", &()).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), goes_on).await.expect("the session goes on elsewhere");
    assert_eq!(other.sessions(), 1);
}

#[tokio::test]
async fn trap_36_a_session_is_the_same_on_a_backend() {
    let chat = backend(1, &[nowhere(2)], Chat::default()).await;
    let gate = gate(2, &[place(1, &chat)]).await;
    let client = linked(&gate).await;
    let id: u64 = client.request("chat.login", &42).await.unwrap();
    let ids: Vec<u64> =
        gate.everyone().sessions().iter().map(Session::id).map(SessionId::get).collect();
    assert_eq!(ids, [id]);
    let who: (u64, Option<i64>, Option<u32>, bool) = client.request("chat.who", &()).await.unwrap();
    assert_eq!(who, (id, Some(42), Some(7), true));
}

#[tokio::test]
async fn trap_37_a_session_is_made_once_and_never_again() {
    let chat = Chat::default();
    let (opened, closed) = (chat.opened.clone(), chat.closed.clone());
    let chat = backend(1, &[nowhere(2)], chat).await;
    let gate = gate(2, &[place(1, &chat)]).await;
    drop(linked(&gate).await);
    until("the first client has gone", || chat.sessions() == 0).await;
    let before = opened.load(Ordering::SeqCst);
    let client = client(&gate).await;
    let quick = || client.request::<_, ()>("chat.quick", &());
    let all = tokio::join!(quick(), quick(), quick());
    assert!(all.0.is_ok() && all.1.is_ok() && all.2.is_ok());
    assert_eq!(opened.load(Ordering::SeqCst) - before, 1, "three at once, one session");
    // Some are on their way while the client goes.
    for _ in 0..20 {
        client.notify("chat.quick", &()).await.unwrap();
    }
    drop(client);
    until("it has gone", || gate.sessions() == 0 && chat.sessions() == 0).await;
    // Whatever was on its way has been handled when the answer to a later message is here.
    let other = self::client(&gate).await;
    other.request::<_, ()>("chat.quick", &()).await.unwrap();
    assert_eq!(opened.load(Ordering::SeqCst) - before, 2, "nobody came back");
    assert_eq!(closed.load(Ordering::SeqCst), opened.load(Ordering::SeqCst) - 1);
}

/// Asks for longer than a gate waits before it connects again, and is never told of the routes.
async fn stays_unknown(client: &Client<Json>) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(1200) {
        assert_eq!(code(client, "chat.quick").await, "not_found");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn trap_38_nodes_serve_when_their_components_are_ready() {
    let address = {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        free.local_addr().unwrap()
    };
    let gate = gate(2, &[(1, address.to_string())]).await;
    let client = client(&gate).await;
    let ready = Arc::new(Notify::new());
    let chat = Chat { ready: Some(ready.clone()), ..Chat::default() };
    let node = Cluster::bind(address.to_string()).number(1).member(2, "127.0.0.1:1");
    let starting = tokio::spawn(App::new().component(chat).cluster(node).start());
    until("the port is open", || std::net::TcpStream::connect(address).is_ok()).await;
    stays_unknown(&client).await;
    ready.notify_one();
    let _chat = starting.await.unwrap().expect("it starts");
    linked(&gate).await;
}

#[tokio::test]
async fn trap_39_strangers_on_the_port_do_no_harm() {
    let chat = backend(1, &[nowhere(2)], Chat::default()).await;
    let address = chat.cluster_address().expect("a node");
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    // The frame of an endless header, and one that is longer than any may be.
    let endless = [&preface[..], &[0, 0, 0, 4, 0, 0, 0, 0, 0], &[0xff; 64 * 1024]].concat();
    let inputs: [&[u8]; 5] =
        [b"GET / HTTP/1.1\r\n\r\n", &[0; 64 * 1024], &[0xff; 4096], preface, &endless];
    for input in inputs {
        let mut stranger = TcpStream::connect(address).await.expect("the port is open");
        // It may be closed before all is written.
        let _ = stranger.write_all(input).await;
        let _ = stranger.shutdown().await;
        let (mut answer, mut stranger) = (Vec::new(), stranger.take(1 << 20));
        let read = timeout(Duration::from_secs(10), stranger.read_to_end(&mut answer));
        let _ = read.await.expect("it is closed");
        assert!(answer.len() < 4096, "{} bytes", answer.len());
    }
    // A node that is no member, and one of another cluster.
    let foreign = cluster(3, &[place(1, &chat)]);
    let other = cluster(2, &[place(1, &chat)]).cluster_name("other");
    for node in [foreign, other] {
        let gate = App::new().listen(Tcp::bind("127.0.0.1:0")).cluster(node).start().await.unwrap();
        let client = client(&gate).await;
        stays_unknown(&client).await;
        gate.shutdown().await;
    }
    assert_eq!(chat.sessions(), 0);
    linked(&gate(2, &[place(1, &chat)]).await).await;
}

#[tokio::test]
async fn trap_40_the_gate_checks_what_it_forwards() {
    let chat = Chat::default();
    let opened = chat.opened.clone();
    let chat = backend(1, &[nowhere(2)], chat).await;
    let refuse = |message: &mut InboundMessage<'_>| match message.route() {
        "chat.login" => Err(Error::reject("banned", "not from here")),
        _ => Ok(()),
    };
    let node = cluster(2, &[place(1, &chat)]);
    let app = App::new().listen(Tcp::bind("127.0.0.1:0")).inbound(refuse).cluster(node);
    let gate = app.start().await.expect("it starts");
    drop(linked(&gate).await);
    until("the client has gone", || chat.sessions() == 0).await;
    let before = opened.load(Ordering::SeqCst);
    let client = client(&gate).await;
    let error = client.request::<_, u64>("chat.login", &1).await.expect_err("refused");
    assert_eq!(error.code(), Some("banned"));
    assert_eq!(opened.load(Ordering::SeqCst), before, "the backend has heard of nothing");
}

#[tokio::test]
async fn trap_41_a_hung_member_does_not_hold_the_end_of_sessions() {
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hung_at = hung.local_addr().unwrap().to_string();
    let chat = Chat::default();
    let closed = chat.closed.clone();
    let chat = backend(2, &[nowhere(3)], chat).await;
    let gate = gate(3, &[(1, hung_at), place(2, &chat)]).await;
    // It accepts, and says nothing.
    let held = tokio::spawn(async move { hung.accept().await.expect("the gate connects") });
    let client = linked(&gate).await;
    let _held = held.await.expect("it does");
    let start = Instant::now();
    drop(client);
    until("the session ends", || gate.sessions() == 0 && closed.load(Ordering::SeqCst) == 1).await;
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}
