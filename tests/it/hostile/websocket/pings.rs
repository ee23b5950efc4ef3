//! Floods of frames that hold no part of a packet.

use nano::{App, CloseReason, OverRate};

use super::peer::{BINARY, CONTINUATION, FIN, PING, PONG, frame};

/// Control frames, and empty ones of a message that never ends, count towards the rate of packets.
#[tokio::test]
async fn a_flood_of_empty_frames_is_counted() {
    for (first, flood) in [
        (vec![], frame(FIN | PING, "ping")),
        (vec![], frame(FIN | PONG, "")),
        (frame(BINARY, ""), frame(CONTINUATION, "")),
    ] {
        let app = App::new().packet_rate(500).over_rate(OverRate::Close);
        let mut scene = super::of(app).await;
        let mut peer = super::upgraded(&scene).await;
        peer.open().await;
        // The handshake is complete once this is answered.
        let request = super::packet(4, b"\x00\x01\x09arena.add[1,1]");
        peer.send(frame(FIN | BINARY, request)).await;
        assert_eq!(peer.packet().await.0, 4);
        peer.send(first).await;
        // The server may have closed already.
        let _ = peer.try_send(flood.repeat(5000)).await;
        assert_eq!(scene.end().await, CloseReason::RateLimited);
        scene.is_served().await;
    }
}
