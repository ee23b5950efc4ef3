//! The pump of a connection over a scripted transport, with paused time.

mod model;
mod script;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::codec::{Message, MessageHead, MessageKind, PacketDecoder, PacketKind, Route, packet};
use crate::dispatch::tests::Log;
use crate::door::{Admission, AdmissionLimits};
use crate::net::websocket::WebSocketStream;
use crate::net::{Outbound, OverRate, Rates, Settings, SlowConsumers};
use crate::testing::TestApp;
use crate::{App, component};
use script::{Script, Sent, Step, Steps};

const TICK: Duration = Duration::from_secs(1);
const HANDLER_TIMEOUT: Duration = Duration::from_secs(5);
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Desk {
    log: Log,
}

#[component(crate = crate)]
impl Desk {
    #[on(session_opened)]
    fn opened(&self) {
        self.log.note("opened");
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.log.note(format!("closed: {}", session.close_reason().expect("a reason")));
    }

    /// Pushes, then answers.
    #[handler]
    fn now(&self, session: &Session, n: u64) -> u64 {
        let _ = session.push("onDesk", &n);
        n
    }

    #[handler]
    async fn soon(&self, session: &Session, n: u64) -> u64 {
        let _ = session.push("onDesk", &n);
        sleep(Duration::from_millis(n % 7)).await;
        n
    }

    #[handler(concurrent)]
    async fn beside(&self, n: u64) -> u64 {
        sleep(Duration::from_millis(n * 13 % 40)).await;
        n
    }

    #[handler]
    async fn slow(&self, n: u64) -> u64 {
        sleep(Duration::from_secs(n)).await;
        n
    }

    #[handler]
    async fn kick(&self, session: &Session, n: u64) -> u64 {
        session.kick("bye");
        tokio::task::yield_now().await;
        n
    }

    #[handler]
    fn text(&self, len: usize) -> String {
        "x".repeat(len)
    }
}

async fn start() -> (TestApp, Log) {
    let log = Log::default();
    let desk = Desk { log: log.clone() };
    let app = App::new().heartbeat(TICK).handler_timeout(HANDLER_TIMEOUT).component(desk);
    (TestApp::start(app).await, log)
}

fn pump<T: Transport>(app: &TestApp, transport: T) -> Pump<T> {
    let runtime = app.server().core().runtime.clone();
    let settings = Settings {
        packet_limit: 64 * 1024,
        outbound: Outbound { limit: 1 << 20, slow_consumers: SlowConsumers::Disconnect },
        rates: Rates { packets: None, bytes: None, over: OverRate::Wait },
        write_timeout: WRITE_TIMEOUT,
        heartbeat: 1000,
        resume: None,
    };
    let limits = AdmissionLimits {
        sessions: 1,
        sessions_per_address: 1,
        handshakes: 1,
        handshakes_per_address: 1,
    };
    let admitted =
        Arc::new(Admission::new(limits, Arc::default())).admit(None).expect("there is room");
    let deadline = Instant::now() + Duration::from_secs(10);
    let net = Arc::new(Net::new(runtime, settings));
    Pump::new(net, transport, None, deadline, admitted).expect("the app runs")
}

/// A transport over which everything passes at once, and the peer stays until it is told to go.
fn smooth(input: Vec<u8>) -> Script {
    Script {
        input: input.into(),
        reads: Steps::new([Step::Bytes(usize::MAX)]),
        writes: Steps::new([Step::Bytes(usize::MAX)]),
        finish: Steps::new([Step::Bytes(0)]),
        sent: Sent::default(),
        held: Default::default(),
        is_finished: false,
    }
}

fn packet(kind: PacketKind, body: &[u8]) -> BytesMut {
    let mut out = BytesMut::new();
    packet::encode(kind, body, 1 << 20, &mut out).expect("a short body");
    out
}

fn opening() -> Vec<u8> {
    let (handshake, ack) =
        (packet(PacketKind::Handshake, b""), packet(PacketKind::HandshakeAck, b""));
    [&handshake[..], &ack].concat()
}

/// A request, or a notify with the id 0.
fn request(id: u64, route: &str, body: impl ToString) -> BytesMut {
    let kind = if id == 0 { MessageKind::Notify } else { MessageKind::Request };
    let route = Route::Name(route);
    let head = MessageHead { kind, id, route, compressed: false, error: false };
    let mut message = BytesMut::new();
    head.encode(&mut message).expect("a short route");
    message.extend_from_slice(body.to_string().as_bytes());
    packet(PacketKind::Data, &message)
}

/// A packet as its client understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Handshake,
    Push(String),
    Reply(u64, String),
    Kick(String),
}

/// Reads what was sent, heartbeats left out, and a packet that was not sent whole.
fn told(sent: &Sent) -> Vec<Told> {
    let sent = sent.lock().expect("no panic").clone();
    let (mut rest, mut all) = (&sent[..], Vec::new());
    while let Some(packet) = PacketDecoder::new(1 << 20).peek(rest).expect("a packet") {
        rest = &rest[packet.len()..];
        let text = |body: &[u8]| String::from_utf8(body.to_vec()).expect("json");
        all.push(match packet.kind {
            PacketKind::Handshake => Told::Handshake,
            PacketKind::Heartbeat => continue,
            PacketKind::Kick => Told::Kick(text(packet.body)),
            PacketKind::HandshakeAck => panic!("an ack from the server"),
            PacketKind::Data => {
                let body = bytes::Bytes::copy_from_slice(packet.body);
                let message = Message::decode(&body).expect("a message");
                let body = text(&message.body);
                match message.kind {
                    MessageKind::Push => Told::Push(body),
                    _ => Told::Reply(message.id, body),
                }
            }
        });
    }
    all
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_sends_to_its_own_client_needs_no_queue() {
    let (app, _log) = start().await;
    let requests: Vec<u8> = (1..20).flat_map(|id| request(id, "desk.now", id)).collect();
    // What is sent behind the answer to the handshake waits there with it: the requests come later.
    let opened = Step::Bytes(opening().len());
    let reads = Steps::new([opened, Step::Wait(10), Step::Bytes(usize::MAX)]);
    let script = Script { reads, ..smooth([opening(), requests].concat()) };
    let sent = script.sent.clone();
    let mut pump = pump(&app, script);
    timeout(Duration::from_millis(100), &mut pump).await.expect_err("the client stays");
    let expected = (1..20).flat_map(|id: u64| {
        let body = id.to_string();
        [Told::Push(body.clone()), Told::Reply(id, body)]
    });
    let expected: Vec<Told> = std::iter::once(Told::Handshake).chain(expected).collect();
    assert_eq!(told(&sent), expected);
    assert_eq!(pump.link.puts(), 0);
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_handler_is_cut_off_though_its_client_is_gone() {
    let (app, log) = start().await;
    let input = [&opening()[..], &request(0, "desk.slow", 4)].concat();
    let script = Script {
        reads: Steps::new([Step::Bytes(usize::MAX), Step::Wait(10), Step::Broken]),
        ..smooth(input)
    };
    let script = Script { writes: Steps::new([Step::Bytes(usize::MAX), Step::Broken]), ..script };
    let running = tokio::spawn(pump(&app, script));
    // The heartbeat finds out that the client takes nothing more.
    sleep(Duration::from_secs(3)).await;
    assert!(!running.is_finished());
    app.server().core().runtime.sessions.for_each(|session| session.link().abort());
    timeout(Duration::from_millis(10), running).await.expect("it is cut off").expect("no panic");
    assert_eq!(log.take(), ["opened", "closed: disconnected"]);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_always_has_something_to_say_does_not_keep_the_thread() {
    let (app, _) = start().await;
    let start = [&opening()[..], &request(0, "desk.kick", 0)].concat();
    let reads = [Step::Bytes(start.len()), Step::Bytes(1)];
    let script = smooth([&start[..], &[0; 60_000]].concat());
    let script = Script { reads: Steps::new(reads), ..script };
    let mut pump = pin!(pump(&app, script));
    let mut cx = Context::from_waker(std::task::Waker::noop());
    for _ in 0..10 {
        let before = pump.transport.input.len();
        assert!(pump.as_mut().poll(&mut cx).is_pending());
        let read = before - pump.transport.input.len();
        assert!(read < start.len() + 2 * BUDGET, "{read} bytes, one at a time");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_bytes_have_time_of_their_own() {
    let (app, log) = start().await;
    let input = [&opening()[..], &request(1, "desk.now", 1)].concat();
    let script = smooth(input);
    let sent = script.sent.clone();
    // The first batch is taken after nine seconds, and the kick two seconds later.
    let slow =
        [Step::Wait(9000), Step::Bytes(usize::MAX), Step::Wait(2000), Step::Bytes(usize::MAX)];
    let script = Script { writes: Steps::new(slow), ..script };
    let reads = [Step::Bytes(usize::MAX), Step::Stuck];
    let pump = pump(&app, Script { reads: Steps::new(reads), ..script });
    let session = pump.session().clone();
    let running = tokio::spawn(pump);
    sleep(Duration::from_millis(100)).await;
    session.kick("bye");
    timeout(Duration::from_secs(30), running).await.expect("it ends").expect("no panic");
    assert_eq!(told(&sent).last(), Some(&Told::Kick("{\"reason\":\"bye\"}".into())));
    assert_eq!(log.take(), ["opened", "closed: bye"]);
}

#[tokio::test(start_paused = true)]
async fn large_replies_to_a_peer_that_reads_are_not_too_many() {
    let (app, _) = start().await;
    let requests = (1..=50).map(|id| request(id, "desk.text", 60_000)).collect::<Vec<_>>();
    let script = smooth([&opening()[..], &requests.concat()].concat());
    let sent = script.sent.clone();
    let running = tokio::spawn(pump(&app, script));
    sleep(Duration::from_millis(100)).await;
    assert_eq!(told(&sent).len(), 51, "handshake and replies");
    running.abort();
}

/// The peer takes its answer byte by byte, and nothing else would make the connection write.
#[tokio::test(start_paused = true)]
async fn case_c04_an_answer_to_a_close_that_is_not_taken_at_once_does_not_wait_for_the_handler() {
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        // With the mask 0.
        [&[0x80 | first, 0x80 | payload.len() as u8, 0, 0, 0, 0], payload].concat()
    }
    let (app, log) = start().await;
    let packets = [&opening()[..], &request(0, "desk.slow", 4)].concat();
    let (mut peer, far) = duplex(64);
    let transport = WebSocketStream::new(far, frame(2, &packets), 64 * 1024);
    let running = tokio::spawn(pump(&app, transport));
    // The answer to the handshake has been taken.
    let head = peer.read_u16().await.expect("a frame");
    assert_eq!(head >> 8, 0x82);
    let mut reply = vec![
        0;
        usize::from(match head & 0xff {
            126 => peer.read_u16().await.expect("a length"),
            len => len,
        })
    ];
    peer.read_exact(&mut reply).await.expect("a packet");
    let since = Instant::now();
    peer.write_all(&[frame(9, &[7; 125]), frame(8, &1000_u16.to_be_bytes())].concat())
        .await
        .expect("the server reads");
    sleep(Duration::from_millis(100)).await;
    let mut rest = Vec::new();
    peer.read_to_end(&mut rest).await.expect("an orderly end");
    assert_eq!(rest, [&[0x8a, 125][..], &[7; 125], b"\x88\x02\x03\xe8"].concat());
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    assert_eq!(log.take(), ["opened"]);
    timeout(HANDLER_TIMEOUT * 2, running).await.expect("it ends").expect("no panic");
    assert_eq!(log.take(), ["closed: disconnected"]);
}
