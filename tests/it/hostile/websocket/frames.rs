//! WebSocket frames that break the rules, or keep them in unusual ways.

use super::peer::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, TEXT, frame, header};
use super::{packet, scene, upgraded};

/// Checks that a player that sends `bytes` is kicked, for a reason in which `reason` occurs.
async fn kicked(bytes: Vec<u8>, reason: &str) {
    let mut scene = scene().await;
    let mut peer = upgraded(&scene).await;
    peer.open().await;
    peer.send(&bytes).await;
    let told = peer.kick_reason().await;
    assert!(told.starts_with("protocol_error: ") && told.contains(reason), "{told}");
    assert_eq!(scene.end().await.to_string(), told);
    scene.goes_on().await;
    scene.no_other_end();
}

#[tokio::test]
async fn a_frame_that_is_not_masked() {
    let body = packet(3, "");
    kicked([header(FIN | BINARY, body.len()), body].concat(), "unmasked").await;
}

/// The header is enough: the server neither waits for the frame nor allocates memory for it.
#[tokio::test]
async fn a_frame_over_the_limit() {
    for len in [65_541, 1 << 40] {
        let mut head = header(FIN | BINARY, len);
        head[1] |= 0x80;
        head.extend_from_slice(&[0; 4]);
        kicked(head, "65540").await;
    }
}

#[tokio::test]
async fn a_message_over_the_limit() {
    let part = packet(3, [0; 39_996]);
    let bytes = [frame(BINARY, &part), frame(CONTINUATION, &part)].concat();
    kicked(bytes, "65540").await;
}

#[tokio::test]
async fn frames_that_websocket_does_not_know() {
    kicked(frame(FIN | 0x40 | BINARY, ""), "eserved bits").await;
    kicked(frame(FIN | 3, ""), "3").await;
    kicked(frame(FIN | CONTINUATION, ""), "continues a message that has not begun").await;
    kicked(frame(FIN | CLOSE, b"\x03\xe8\xff"), "UTF-8").await;
    kicked(frame(PING, ""), "ragmented").await;
}

/// An illegal packet in a legal frame has the same result as on any other transport.
#[tokio::test]
async fn a_frame_that_is_no_packet() {
    kicked(frame(FIN | TEXT, b"\xff\xfe\0\0"), "unknown packet type 255").await;
    kicked(frame(FIN | BINARY, b"hello"), "unknown packet type 104, expected 1 to 5").await;
    kicked(frame(FIN | BINARY, packet(4, "")), "message is empty").await;
    kicked(frame(FIN | BINARY, [4, 1, 0, 1]), "packet body of 65537 bytes").await;
}

fn sum(id: u8) -> Vec<u8> {
    packet(4, [&[0, id, 9][..], b"arena.add[1,2]"].concat())
}

#[tokio::test]
async fn packets_in_text_frames_are_accepted() {
    let scene = scene().await;
    let mut peer = upgraded(&scene).await;
    peer.send(frame(FIN | TEXT, packet(1, "{}"))).await;
    assert_eq!(peer.packet().await.0, 1);
    peer.send(frame(FIN | TEXT, packet(2, ""))).await;
    peer.send(frame(FIN | TEXT, sum(7))).await;
    assert_eq!(peer.packet().await, (4, b"\x04\x073".to_vec()));
    scene.is_served().await;
}

#[tokio::test]
async fn packets_are_cut_anywhere() {
    let scene = scene().await;
    let mut peer = upgraded(&scene).await;
    peer.open().await;
    // Each byte in a frame of its own, with an empty frame behind it.
    for byte in sum(1) {
        peer.send(frame(FIN | BINARY, [byte])).await;
        peer.send(frame(FIN | BINARY, "")).await;
    }
    assert_eq!(peer.packet().await, (4, b"\x04\x013".to_vec()));
    // One message in fragments, with a ping between them.
    for byte in sum(2).into_iter().enumerate() {
        let opcode = if byte.0 == 0 { BINARY } else { CONTINUATION };
        peer.send(frame(opcode, [byte.1])).await;
    }
    peer.send(frame(FIN | PING, "there?")).await;
    peer.send(frame(FIN | CONTINUATION, "")).await;
    assert_eq!(peer.frame().await, Some((PONG, b"there?".to_vec())));
    assert_eq!(peer.packet().await, (4, b"\x04\x023".to_vec()));
    // Many packets and a half in one frame, the other half in the next.
    let mut many: Vec<u8> = (3..23).flat_map(sum).collect();
    let rest = many.split_off(many.len() - 5);
    peer.send(frame(FIN | BINARY, many)).await;
    peer.send(frame(FIN | BINARY, rest)).await;
    for id in 3..23 {
        assert_eq!(peer.packet().await, (4, vec![4, id, b'3']));
    }
    scene.is_served().await;
}

#[tokio::test]
async fn a_close_is_answered() {
    let mut scene = scene().await;
    let mut peer = upgraded(&scene).await;
    peer.open().await;
    peer.send(frame(FIN | BINARY, sum(1))).await;
    peer.send(frame(FIN | CLOSE, 1000_u16.to_be_bytes())).await;
    assert_eq!(peer.packet().await.0, 4, "what came before the close is answered");
    assert_eq!(peer.frame().await, Some((CLOSE, 1000_u16.to_be_bytes().to_vec())));
    assert_eq!(peer.frame().await, None);
    assert_eq!(scene.end().await, nano::CloseReason::Disconnected);
    scene.goes_on().await;
}

/// Most clients go without a close, which breaks no rule.
#[tokio::test]
async fn a_peer_that_goes_without_a_close() {
    let mut scene = scene().await;
    let mut peer = upgraded(&scene).await;
    peer.open().await;
    peer.send(frame(FIN | BINARY, sum(1))).await;
    assert_eq!(peer.packet().await.0, 4);
    drop(peer);
    assert_eq!(scene.end().await, nano::CloseReason::Disconnected);
    scene.goes_on().await;
}

/// Pings whose pongs are not read are bounded like everything else.
#[tokio::test]
async fn a_flood_of_pings() {
    let mut scene = scene().await;
    let mut peer = upgraded(&scene).await;
    peer.open().await;
    for _ in 0..100 {
        peer.send(frame(FIN | PING, [0; 125]).repeat(100)).await;
    }
    scene.is_served().await;
    peer.send(frame(FIN | BINARY, sum(1))).await;
    loop {
        let (opcode, payload) = peer.frame().await.expect("the session goes on");
        if opcode == BINARY {
            assert_eq!(payload, packet(4, b"\x04\x013"));
            break;
        }
        assert_eq!(opcode, PONG);
    }
    drop(peer);
    assert_eq!(scene.end().await, nano::CloseReason::Disconnected);
    scene.goes_on().await;
}
