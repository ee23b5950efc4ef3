//! The cases of Autobahn's test suite, sections 1 to 7, 9 and 10, that a client's bytes decide.
//!
//! The frames that the rules forbid are listed, with the fault that each is, in the tests of the frames themselves.

use bytes::Bytes;
use nano::{App, Session, component};

use super::peer::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, Peer, TEXT, frame};
use super::{Scene, of, packet, upgraded};

struct Mirror;

#[component]
impl Mirror {
    #[handler]
    fn echo(&self, body: Bytes) -> Bytes {
        body
    }

    #[handler]
    fn leave(&self, session: &Session) {
        session.close();
    }
}

async fn start() -> (Scene, Peer) {
    let scene =
        of(App::new().component(Mirror).packet_limit(1 << 21).outbound_limit(1 << 22)).await;
    let mut peer = upgraded(&scene).await;
    peer.open().await;
    (scene, peer)
}

/// Bytes of every value: as text they would be refused by a WebSocket that checks it.
fn noise(len: usize) -> Vec<u8> {
    (0..=255).rev().cycle().take(len).collect()
}

/// The packet of a request for the echo of `body`.
fn echo(body: &[u8]) -> Vec<u8> {
    packet(4, [b"\x00\x01\x0bmirror.echo", body].concat())
}

async fn is_echoed(peer: &mut Peer, body: &[u8]) {
    let (kind, reply) = peer.packet().await;
    assert_eq!((kind, &reply[..2]), (4, &b"\x04\x01"[..]));
    assert!(&reply[2..] == body, "{} bytes came back as others", body.len());
}

/// Splits a message into fragments of `len` bytes.
fn fragments(opcode: u8, message: &[u8], len: usize) -> Vec<Vec<u8>> {
    let count = message.chunks(len).count();
    let kind = |index| if index == 0 { opcode } else { CONTINUATION };
    let fin = |index| if index + 1 == count { FIN } else { 0 };
    message.chunks(len).enumerate().map(|(at, part)| frame(fin(at) | kind(at), part)).collect()
}

/// 1: payloads around the lengths at which a header changes its form, in both kinds of frames.
#[tokio::test]
async fn autobahn_1_payloads_of_all_lengths() {
    let (_scene, mut peer) = start().await;
    let head = echo(b"").len();
    for opcode in [TEXT, BINARY] {
        for len in [head, 125, 126, 127, 128, 65_535, 65_536, 65_537] {
            let body = noise(len - head);
            let message = frame(FIN | opcode, echo(&body));
            peer.send(&message).await;
            is_echoed(&mut peer, &body).await;
        }
        // In pieces of the stream.
        let body = noise(1000);
        for piece in frame(FIN | opcode, echo(&body)).chunks(7) {
            peer.send(piece).await;
        }
        is_echoed(&mut peer, &body).await;
    }
}

/// 2: pings of every length, several at once, and pongs that nobody asked for.
#[tokio::test]
async fn autobahn_2_pings_and_pongs() {
    let (_scene, mut peer) = start().await;
    for payload in [&b""[..], b"Hello", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", &noise(125)] {
        peer.send(frame(FIN | PING, payload)).await;
        assert_eq!(peer.frame().await, Some((PONG, payload.to_vec())));
    }
    peer.send(frame(FIN | PONG, "unasked")).await;
    peer.send(frame(FIN | PONG, "")).await;
    let pings: Vec<u8> = (0..10_u8).flat_map(|n| frame(FIN | PING, [n; 20])).collect();
    peer.send(&pings).await;
    for n in 0..10 {
        assert_eq!(peer.frame().await, Some((PONG, vec![n; 20])));
    }
    for byte in pings {
        peer.send([byte]).await;
    }
    for n in 0..10 {
        assert_eq!(peer.frame().await, Some((PONG, vec![n; 20])));
    }
}

/// 5: fragments, empty ones among them, with control frames in between.
#[tokio::test]
async fn autobahn_5_fragments_with_pings_in_between() {
    let (_scene, mut peer) = start().await;
    let body = noise(300);
    for opcode in [TEXT, BINARY] {
        for len in [1, 50, 299, 1000] {
            for part in fragments(opcode, &echo(&body), len) {
                peer.send(part).await;
            }
            is_echoed(&mut peer, &body).await;
        }
        for part in fragments(opcode, &echo(&body), 100) {
            // An empty fragment in front of all but the first, and control frames everywhere.
            if part[0] & 0x0f == CONTINUATION {
                peer.send(frame(CONTINUATION, "")).await;
            }
            peer.send(frame(FIN | PONG, "unasked")).await;
            peer.send(frame(FIN | PING, "there?")).await;
            assert_eq!(peer.frame().await, Some((PONG, b"there?".to_vec())));
            peer.send(part).await;
        }
        is_echoed(&mut peer, &body).await;
    }
}

/// 6: Go clients put any packet into text frames, so that these are not checked for UTF-8, whole or in fragments that
/// cut a character. The text of a close is.
#[tokio::test]
async fn f4_text_frames_hold_any_bytes() {
    let (_scene, mut peer) = start().await;
    for body in [
        &b"\xff"[..],
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\xf4\x90\x80\x80",
        b"\xce\xba\xe1",
        &noise(256),
    ] {
        for len in [1, 3, 1000] {
            for part in fragments(TEXT, &echo(body), len) {
                peer.send(part).await;
            }
            is_echoed(&mut peer, body).await;
        }
    }
    peer.send(frame(FIN | CLOSE, b"\x03\xe8\xed\xa0\x80")).await;
    assert!(peer.kick_reason().await.contains("UTF-8"));
    assert_eq!(peer.close().await.0, 1007);
}

/// 7: the client's close is sent back, with its code, and what follows it counts for nothing.
#[tokio::test]
async fn autobahn_7_closes_are_sent_back() {
    let code = |code: u16| code.to_be_bytes().to_vec();
    let mut payloads = vec![vec![]];
    payloads.extend([1000, 1001, 1002, 1003, 1007, 1011, 3000, 3999, 4000, 4999].map(code));
    payloads.push([&code(1000)[..], "ü".repeat(61).as_bytes()].concat());
    for payload in payloads {
        let (scene, mut peer) = start().await;
        let behind = [frame(FIN | PING, "late"), frame(FIN | BINARY, echo(b"late"))].concat();
        peer.send([frame(FIN | CLOSE, &payload), behind, frame(FIN | CLOSE, "")].concat()).await;
        let answer = payload.get(..2).unwrap_or_default().to_vec();
        assert_eq!(peer.frame().await, Some((CLOSE, answer)));
        assert_eq!(peer.frame().await, None, "nothing follows a close");
        drop(peer);
        scene.goes_on().await;
    }
    // Within a message, and behind one that is answered.
    let (_scene, mut peer) = start().await;
    let mut parts = fragments(BINARY, &echo(b"never"), 10);
    parts.truncate(1);
    let bytes = [frame(FIN | BINARY, echo(b"first")), parts.concat(), frame(FIN | CLOSE, "")];
    peer.send(bytes.concat()).await;
    is_echoed(&mut peer, b"first").await;
    assert_eq!(peer.frame().await, Some((CLOSE, vec![])));
    assert_eq!(peer.frame().await, None, "nothing follows a close");
}

/// 7: of what the client sends after the server's close nothing is handled, and its answer ends the connection.
#[tokio::test]
async fn autobahn_7_nothing_is_handled_behind_the_servers_close() {
    let (scene, mut peer) = start().await;
    peer.send(frame(FIN | BINARY, packet(4, b"\x02\x0cmirror.leave"))).await;
    assert_eq!(peer.frame().await.map(|(opcode, _)| opcode), Some(CLOSE));
    peer.send(frame(FIN | BINARY, echo(b"late"))).await;
    peer.send(frame(FIN | PING, "late")).await;
    peer.send(frame(FIN | CLOSE, 1000_u16.to_be_bytes())).await;
    assert_eq!(peer.frame().await, None);
    scene.goes_on().await;
}

/// 9 and 10: messages of a mebibyte, in one frame, in fragments, and in pieces of the stream.
#[tokio::test]
async fn autobahn_9_and_10_large_messages() {
    let (_scene, mut peer) = start().await;
    let body = noise(1 << 20);
    for opcode in [TEXT, BINARY] {
        for (fragment, piece) in
            [(usize::MAX, usize::MAX), (usize::MAX, 997), (65_536, 1300), (1300, 65_536)]
        {
            let bytes = fragments(opcode, &echo(&body), fragment).concat();
            for piece in bytes.chunks(piece) {
                peer.send(piece).await;
            }
            is_echoed(&mut peer, &body).await;
        }
    }
}
