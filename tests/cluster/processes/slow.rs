//! Nodes that read more slowly than they are sent to.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nano::Json;
use nano::client::Client;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::stage::{EVERY, Stage, all_see_all, client_of, connect, echo};
use crate::game::code;
use crate::load::Load;
use crate::node::{Fact, Node, Role};
use crate::table::{report, within};
use crate::wait::until;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_07_slow_peer() {
    const FAULT: &str = "fault_07_slow_peer";
    /// The clients that flood it, and the messages of each at a time: more than may wait for a node.
    const CLIENTS: usize = 20;
    const AT_ONCE: usize = 20;
    /// So many of them find the queue full, at least.
    const ENOUGH: usize = 100;
    let master = Node::start(Role::master("master")).await;
    let join = |name: &str| Role::join(name, master.cluster()).backend();
    let way = Way::open().await;
    let slow = Node::start(join("slow").advertise(way.address)).await;
    way.lead_to(slow.cluster());
    let quick = Node::start(join("quick")).await;
    // The one that came last connects to the others.
    let gate = Node::start(Role::join("gate", master.cluster()).gate()).await;
    all_see_all(&[&master, &slow, &quick, &gate]).await;
    let number = gate.knows("slow").await;
    let mut floods = Vec::new();
    while floods.len() < CLIENTS {
        floods.push(client_of(&gate, "slow").await);
    }
    let quick_client = client_of(&gate, "quick").await;
    assert!(way.opened.load(Ordering::SeqCst) > 0);
    let (before, memory) = (times(&quick_client, SECOND).await, gate.memory());

    way.is_slow.store(true, Ordering::SeqCst);
    let mut flood = JoinSet::new();
    for client in (0..AT_ONCE).flat_map(|_| &floods) {
        flood.spawn(swallow(client.clone()));
    }
    let (mut refused, mut lost, mut handled) = (Vec::new(), 0, 0);
    let mut during = Vec::new();
    while let Some(answered) = flood.join_next().await {
        let (took, outcome) = answered.expect("it is answered");
        match outcome.as_ref().map_err(String::as_str) {
            Ok(_) => handled += 1,
            Err("unavailable") => refused.push(took),
            Err("node_lost") => lost += 1,
            Err(code) => panic!("{code}"),
        }
        // All have been sent: the queue is full, and nothing else is going on.
        if during.is_empty() && refused.len() == ENOUGH {
            during = times(&quick_client, SECOND).await;
        }
    }
    let held = gate.memory().saturating_sub(memory);
    refused.sort_unstable();
    let refusals = refused.len();
    report(FAULT, format_args!("{handled} handled, {refusals} refused, {lost} lost with the link"));
    assert!(refusals >= ENOUGH, "its queue is full");
    within(FAULT, "half of those are refused", refused[refusals / 2], SECOND / 10, 50);
    report(FAULT, format_args!("the gate held {} KiB more", held / 1024));
    assert!(held < 96 * 1024 * 1024, "{held} bytes");
    let [before, during] = [before, during].map(|mut times| {
        times.sort_unstable();
        // Of some hundred: what the slowest of them took says more of the machine.
        times[times.len() * 9 / 10]
    });
    report(
        FAULT,
        format_args!("p90 of the other node: {before:.1?} before, {during:.1?} meanwhile"),
    );
    assert!(during < before * 3 / 2 + SECOND);

    way.is_slow.store(false, Ordering::SeqCst);
    client_of(&gate, "slow").await;
    for node in [&master, &quick, &gate] {
        assert_eq!(node.left(number).len(), 0, "it is a member all the time");
    }
}

/// Sends a large message, and returns its outcome and the time that it took.
async fn swallow(client: Client<Json>) -> (Duration, Result<usize, String>) {
    let sent = Instant::now();
    let body = vec![b'7'; 60_000];
    let asked = client.request_bytes_as("desk.swallow", body.into()).await;
    (sent.elapsed(), asked.map_err(|error| code(&error)))
}

/// The times of the requests that a client makes for so long, one after another.
async fn times(client: &Client<Json>, whole: Duration) -> Vec<Duration> {
    let (start, mut times) = (Instant::now(), Vec::new());
    while start.elapsed() < whole {
        let sent = Instant::now();
        assert_eq!(echo(client).await.as_deref(), Ok("quick"), "other nodes go on");
        times.push(sent.elapsed());
        sleep(SECOND / 200).await;
    }
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_08_stalled_reader() {
    const FAULT: &str = "fault_08_stalled_reader";
    const CLIENTS: u64 = 50;
    /// Of each client, a second; and all that it is sent.
    const RATE: u64 = 400;
    const COUNT: u64 = 4 * RATE;
    let stage = Stage::start(["one"]).await;
    let load = Load::at(&[stage.gate.clients()], EVERY);
    let (start, mut streams) = (Instant::now(), Vec::new());
    let last = Arc::new(Mutex::new(Instant::now()));
    for _ in 0..CLIENTS {
        let client = connect(&stage.gate).await;
        let numbers = Arc::new(Mutex::new(Vec::new()));
        let (hear, last) = (numbers.clone(), last.clone());
        client.on("onNumber", move |number: u64| {
            hear.lock().expect("no panic").push(number);
            *last.lock().expect("no panic") = Instant::now();
        });
        streams.push(tokio::spawn(async move {
            let refused = client.request::<_, u64>("desk.stream", &(COUNT, RATE)).await;
            (refused.map_err(|error| code(&error)), numbers, client)
        }));
    }
    sleep(SECOND).await;
    stage.gate.freeze();
    // A busy machine may take two more to let it go on, and catch up: a link ends after three without a sign of life.
    sleep(SECOND).await;
    let thawed = stage.gate.thaw();
    let mut all_refused = 0;
    let mut sent = Vec::new();
    for stream in streams {
        let (refused, numbers, client) = stream.await.expect("it is answered");
        let refused = refused.expect("the link survives");
        all_refused += refused;
        sent.push((COUNT - refused, numbers, client));
    }
    let mut all = 0;
    for (count, numbers, client) in &sent {
        let has_all = async || numbers.lock().expect("no panic").len() as u64 == *count;
        until("all that was taken comes", has_all).await;
        let numbers = numbers.lock().expect("no panic");
        assert!(numbers.is_sorted_by(|one, next| one < next), "in order, and none twice");
        assert!(!client.is_closed());
        all += numbers.len();
    }
    let caught_up = last.lock().expect("no panic").saturating_duration_since(thawed);
    let rate = f64::from(u32::try_from(all).expect("a count")) / (start.elapsed().as_secs_f64());
    report(
        FAULT,
        format_args!("{all} pushes came, {all_refused} were refused; {rate:.0} a second"),
    );
    report(FAULT, format_args!("the last one came {caught_up:.1?} after the stall"));
    let answers = load.since(start);
    report(FAULT, format_args!("a client that asks: {answers}"));
    assert!(answers.errors().is_empty() && answers.ends.is_empty(), "the link survives");
    let closed = stage.backends[0].count(|fact| matches!(fact, Fact::Closed { .. }));
    assert_eq!(closed, 0, "no session has ended");
    drop(sent);
}

/// A way to a node, whose connections can be slow in the direction of the node: 1 kB a second.
struct Way {
    address: SocketAddr,
    target: Arc<Mutex<Option<SocketAddr>>>,
    is_slow: Arc<AtomicBool>,
    opened: Arc<AtomicUsize>,
}

impl Way {
    async fn open() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        // Or the system would take megabytes before anybody waits.
        socket.set_recv_buffer_size(16 * 1024).expect("a size");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
        let listener = socket.listen(64).expect("a port");
        let way = Self {
            address: listener.local_addr().expect("an address"),
            target: Arc::default(),
            is_slow: Arc::default(),
            opened: Arc::default(),
        };
        tokio::spawn(serve(listener, way.target.clone(), way.is_slow.clone(), way.opened.clone()));
        way
    }

    fn lead_to(&self, target: SocketAddr) {
        *self.target.lock().expect("no panic") = Some(target);
    }
}

async fn serve(
    listener: TcpListener,
    target: Arc<Mutex<Option<SocketAddr>>>,
    is_slow: Arc<AtomicBool>,
    opened: Arc<AtomicUsize>,
) {
    while let Ok((near, _)) = listener.accept().await {
        let Some(target) = *target.lock().expect("no panic") else { continue };
        let Ok(far) = TcpStream::connect(target).await else { continue };
        opened.fetch_add(1, Ordering::SeqCst);
        let is_slow = is_slow.clone();
        tokio::spawn(async move {
            let (near_read, near_write) = near.into_split();
            let (far_read, far_write) = far.into_split();
            // The end of one direction is that of both.
            tokio::select! {
                () = carry(near_read, far_write, is_slow) => {}
                () = carry(far_read, near_write, Arc::default()) => {}
            }
        });
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    is_slow: Arc<AtomicBool>,
) {
    let mut part = vec![0; 64 * 1024];
    loop {
        let at_once = if is_slow.load(Ordering::SeqCst) { 100 } else { part.len() };
        let Ok(count @ 1..) = from.read(&mut part[..at_once]).await else { return };
        if to.write_all(&part[..count]).await.is_err() {
            return;
        }
        if is_slow.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(100)).await;
        }
    }
}
