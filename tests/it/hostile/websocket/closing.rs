//! The end of a WebSocket: the code of each reason, and the answer to the client's own close.

use std::time::Duration;

use nano::{App, CloseReason, Session, component};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

use super::peer::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, Peer, frame, header};
use super::{Scene, of, packet, upgraded};
use crate::hostile::scene::in_time;

/// An announcement of a client that is told the reason of every end.
const NATIVE: &str = r#"{"sys":{"features":[]}}"#;

struct Usher {
    seated: UnboundedSender<Session>,
}

#[component]
impl Usher {
    #[handler]
    fn sit(&self, session: &Session) {
        self.seated.send(session.clone()).expect("the test listens");
    }

    #[handler]
    async fn sleep(&self, session: &Session) {
        self.seated.send(session.clone()).expect("the test listens");
        sleep(Duration::from_secs(3600)).await;
    }
}

async fn scene(app: App) -> (Scene, UnboundedReceiver<Session>) {
    let (seated, sessions) = unbounded_channel();
    let app = app.component(Usher { seated }).shutdown_grace(Duration::from_millis(100));
    (of(app).await, sessions)
}

fn request(route: &str) -> Vec<u8> {
    let len = u8::try_from(route.len()).expect("a short route");
    packet(4, [&[0, 1, len], route.as_bytes()].concat())
}

/// Opens a session, and calls a handler that hands it out.
async fn seated(
    scene: &Scene,
    sessions: &mut UnboundedReceiver<Session>,
    announcement: &str,
    route: &str,
) -> (Peer, Session) {
    let mut peer = upgraded(scene).await;
    peer.open_as(announcement).await;
    peer.send(frame(FIN | BINARY, request(route))).await;
    let session = in_time("a session", sessions.recv()).await.expect("it is handed out");
    if route == "usher.sit" {
        assert_eq!(peer.packet().await.0, 4);
    }
    (peer, session)
}

/// Skips heartbeats and messages, and checks how the connection ends: for which reasons there is a kick, and with
/// which code and reason it is closed.
async fn check_end(mut peer: Peer, kick: Option<&str>, code: u16, reason: &str) {
    let mut told = None;
    let payload = loop {
        let (opcode, payload) = peer.frame().await.expect("a close");
        match (opcode, payload.first()) {
            (CLOSE, _) => break payload,
            (BINARY, Some(5)) => {
                told = Some(String::from_utf8(payload[4..].to_vec()).expect("JSON"))
            }
            (BINARY, Some(3 | 4)) => assert_eq!(told, None, "nothing follows a kick"),
            other => panic!("an unexpected frame: {other:?}"),
        }
    };
    assert_eq!(told.as_deref(), kick, "{reason}");
    assert_eq!(payload, [&code.to_be_bytes(), reason.as_bytes()].concat(), "{reason}");
    let _ = peer.try_send(frame(FIN | CLOSE, payload)).await;
    assert_eq!(peer.frame().await, None, "nothing follows a close");
}

#[tokio::test]
async fn close_codes_of_the_ends_that_the_server_wants() {
    for (announcement, gone) in
        [("", None), (NATIVE, Some(r#"{"reason":"shutdown","reconnectIn":1000}"#))]
    {
        let (mut scene, mut sessions) = scene(App::new()).await;
        let (peer, session) = seated(&scene, &mut sessions, announcement, "usher.sit").await;
        session.close();
        check_end(peer, None, 1000, "closed").await;
        assert_eq!(scene.end().await, CloseReason::Closed);

        let (peer, session) = seated(&scene, &mut sessions, announcement, "usher.sit").await;
        session.kick("cheating");
        check_end(peer, Some(r#"{"reason":"cheating"}"#), 1008, "cheating").await;

        // A long reason is cut between characters: 123 bytes fit.
        let (peer, session) = seated(&scene, &mut sessions, announcement, "usher.sit").await;
        let long = "é".repeat(100);
        session.kick(&*long);
        let kick = format!(r#"{{"reason":"{long}"}}"#);
        check_end(peer, Some(&kick), 1008, &long[..122]).await;

        let (peer, _) = seated(&scene, &mut sessions, announcement, "usher.sit").await;
        scene.app.shutdown().await;
        check_end(peer, gone, 1001, "shutdown").await;
    }
}

#[tokio::test]
async fn a_slow_consumer_is_told_to_try_again() {
    let (scene, mut sessions) = scene(App::new().outbound_limit(70_000)).await;
    // The libraries of stock clients take no code above 1011: one of them throws.
    for (announcement, kick, code) in
        [("", None, 1001), (NATIVE, Some(r#"{"reason":"slow_consumer","reconnectIn":0}"#), 1013)]
    {
        let (peer, session) = seated(&scene, &mut sessions, announcement, "usher.sit").await;
        // Faster than the connection's task can take it.
        while session.push("onNoise", &"x".repeat(10_000)).is_ok() {}
        check_end(peer, kick, code, "slow_consumer").await;
    }
}

/// Checks the code for a player that sends `bytes`; the reason is the kick's, as far as it fits.
async fn fault(bytes: &[u8], code: u16) {
    let scene = super::scene().await;
    let mut peer = upgraded(&scene).await;
    peer.open().await;
    peer.send(bytes).await;
    let told = peer.kick_reason().await;
    let (got, reason) = peer.close().await;
    assert_eq!(got, code, "{told}");
    assert!(told.starts_with(&reason) && told.len().min(123) == reason.len(), "{told}: {reason}");
    drop(peer);
    scene.goes_on().await;
}

#[tokio::test]
async fn close_codes_of_a_peers_faults() {
    let binary = |bytes: &[u8]| frame(FIN | BINARY, bytes);
    // 1002: the order of frames, and that of packets.
    fault(&frame(FIN | CONTINUATION, ""), 1002).await;
    fault(&binary(&packet(2, "")), 1002).await;
    fault(&binary(&packet(4, [0b110, 1, b'x'])), 1002).await;
    fault(&binary(&packet(4, [1, 1, 0xff, 0xff])), 1002).await;
    // 1003: bytes that are no packets.
    fault(&binary(b"hello"), 1003).await;
    // 1007: a message or a text that cannot be read.
    fault(&binary(&packet(4, [0b1110])), 1007).await;
    fault(&binary(&packet(4, [0b0010, 2, 0xff, 0xfe])), 1007).await;
    fault(&frame(FIN | CLOSE, b"\x03\xe8\xff"), 1007).await;
    // 1009: a frame or a packet over the limit.
    let mut head = header(FIN | BINARY, 1 << 40);
    head[1] |= 0x80;
    fault(&[&head[..], &[0; 4]].concat(), 1009).await;
    fault(&binary(&[4, 1, 0, 1]), 1009).await;
}

#[tokio::test]
async fn close_code_of_a_refused_handshake() {
    let scene = super::scene().await;
    let mut peer = upgraded(&scene).await;
    peer.send(frame(FIN | BINARY, packet(1, "{"))).await;
    assert_eq!(peer.packet().await, (1, br#"{"code":500}"#.to_vec()));
    assert_eq!(peer.close().await, (1008, "handshake_refused".to_owned()));
}

fn close() -> Vec<u8> {
    frame(FIN | CLOSE, [&1000_u16.to_be_bytes()[..], b"bye"].concat())
}

/// The client's close is answered while its handler runs, and the connection ends; the session goes on until the
/// handler has.
#[tokio::test]
async fn case_c04_a_close_is_answered_while_a_handler_runs() {
    let (scene, mut sessions) = scene(App::new()).await;
    let (mut peer, session) = seated(&scene, &mut sessions, "", "usher.sleep").await;
    peer.send(close()).await;
    assert_eq!(peer.close().await, (1000, String::new()));
    assert!(!session.is_closed());
    // What is owed to it is dropped.
    session.push("onLate", &1).expect("it is taken");
    drop(peer);
    scene.app.shutdown().await;
}

#[tokio::test]
async fn case_c04_a_close_is_answered_though_pushes_come_in_between() {
    let (mut scene, mut sessions) = scene(App::new()).await;
    let (mut peer, session) = seated(&scene, &mut sessions, "", "usher.sit").await;
    let pushing = tokio::spawn(async move {
        while session.push("onNews", &"x".repeat(1000)).is_ok() {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(peer.packet().await.0, 4);
    peer.send(close()).await;
    loop {
        let (opcode, payload) = peer.frame().await.expect("a close");
        if opcode == CLOSE {
            assert_eq!(payload, 1000_u16.to_be_bytes());
            break;
        }
        assert_eq!((opcode, payload[0]), (BINARY, 4));
    }
    assert_eq!(peer.frame().await, None, "nothing follows a close");
    assert_eq!(scene.end().await, CloseReason::Disconnected);
    in_time("the end of the pushes", pushing).await.expect("no panic");
}

/// The same behind messages that fill the connection's buffer, for a session that is being closed, and at a shutdown
/// that waits for the handler.
#[tokio::test]
async fn case_c04_a_close_is_answered_behind_what_waits_and_while_the_server_closes() {
    let (scene, mut sessions) = scene(App::new()).await;
    let (mut full, _) = seated(&scene, &mut sessions, "", "usher.sleep").await;
    full.send([frame(FIN | BINARY, packet(4, [0; 60_000])), frame(FIN | PING, "read?")].concat())
        .await;
    assert_eq!(full.frame().await, Some((PONG, b"read?".to_vec())));
    full.send([frame(FIN | BINARY, packet(4, [0; 5_600])), close()].concat()).await;
    assert_eq!(full.close().await, (1000, String::new()));

    let (mut kicked, session) = seated(&scene, &mut sessions, "", "usher.sleep").await;
    session.kick("out");
    kicked.send(close()).await;
    assert_eq!(kicked.close().await, (1000, String::new()));

    let (mut late, session) = seated(&scene, &mut sessions, "", "usher.sleep").await;
    let server = scene.app.server().clone();
    let shutdown = tokio::spawn(async move { server.shutdown().await });
    while !session.is_closed() {
        tokio::task::yield_now().await;
    }
    late.send(close()).await;
    assert_eq!(late.close().await, (1000, String::new()));
    drop((full, kicked, late));
    in_time("the shutdown", shutdown).await.expect("no panic");
}
