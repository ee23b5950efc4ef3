//! Peers that forge, repeat and make up datagrams.

use std::time::Duration;

use nano::codec::PacketKind;
use nano::{App, KcpOptions};

use super::peer::{ACK, PUSH, Peer, packet_of};
use super::{connect, echoes, start};
use crate::promises::support::{Logged, sessions};

/// Fails if the server has answered anything before: it takes datagrams in the order in which they came.
async fn expect_silence(peer: &mut Peer) {
    let conv = peer.conv;
    peer.conv = conv.wrapping_add(1_000_000);
    peer.knock().await;
    peer.conv = conv;
}

/// Opens a session as a stock client does.
async fn open(peer: &mut Peer) {
    let sign = peer.knock().await;
    peer.send(&sign).await;
    let reply = peer.data().await;
    assert!(reply.starts_with(&[1]), "{}", reply.escape_ascii());
}

#[tokio::test]
async fn an_address_that_has_not_shown_itself_is_sent_less_than_it_sent() {
    let (app, address, _) = start(App::new(), KcpOptions::new()).await;
    let mut peer = Peer::new(address, 1).await;
    for round in 0..200 {
        let shortest = peer.segment(PUSH, 0, round, b"x");
        peer.send(&shortest).await;
        peer.receive().await;
        // Those that are not answered: a guess, a later segment, a question.
        let guess = peer.segment(ACK, u32::MAX, round, b"");
        let later = peer.segment(PUSH, 1 + round, round, b"x");
        let question = peer.segment(83, 0, round, b"");
        for datagram in [guess, later, question] {
            peer.send(&datagram).await;
        }
    }
    let (sent, received) = (peer.sent, peer.received);
    assert!(received < sent, "{sent} bytes were answered by {received}");
    assert_eq!(received, 200 * 24);
    // Two hundred conversations of which none shows its address.
    for conv in 100..300 {
        peer.conv = conv;
        peer.knock().await;
    }
    assert!(peer.received < peer.sent, "{} and {}", peer.sent, peer.received);
    assert_eq!(app.server().sessions(), 0, "nothing is set up for it");
    // One that does.
    peer.conv = 1000;
    open(&mut peer).await;
    sessions(&app, 1).await;
}

#[tokio::test]
async fn made_up_datagrams_are_dropped_and_told_and_disturb_nobody() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let (app, address, _) = start(App::new(), KcpOptions::new()).await;
    let client = connect(address).await;
    let mut peer = Peer::new(address, 1).await;
    open(&mut peer).await;
    for conv in [1, 2] {
        peer.conv = conv;
        let valid = peer.segment(PUSH, 7, 0, b"data");
        let mut datagrams = vec![vec![], vec![0], valid[..23].to_vec(), valid[..27].to_vec()];
        let mut change = |at: usize, to: &[u8]| {
            let mut changed = valid.clone();
            changed[at..at + to.len()].copy_from_slice(to);
            datagrams.push(changed);
        };
        change(4, &[0]);
        change(20, &u32::MAX.to_le_bytes());
        change(20, &i32::MAX.to_le_bytes());
        change(12, &u32::MAX.to_le_bytes());
        change(12, &(1_u32 << 31).to_le_bytes());
        change(16, &(1_u32 << 31).to_le_bytes());
        change(16, &u32::MAX.to_le_bytes());
        change(8, &u32::MAX.to_le_bytes());
        datagrams.push([&valid[..], &valid[..20]].concat());
        datagrams.push(vec![0xff; 1500]);
        datagrams.push(vec![0; 4000]);
        for datagram in datagrams {
            peer.send(&datagram).await;
        }
    }
    expect_silence_of_newcomer(&mut peer).await;
    echoes(&client, 3000).await;
    let told = logged.of("WARN");
    assert!(told[0].contains("a datagram is dropped: it is none of KCP"), "{told:?}");
    assert_eq!(told.len(), 1, "once a second at most: {told:?}");
    assert_eq!(app.server().sessions(), 2);
}

/// The conversation 2 was never open: whatever it sent is answered by nothing.
async fn expect_silence_of_newcomer(peer: &mut Peer) {
    peer.conv = 3;
    let first = peer.first();
    peer.send(&first).await;
    loop {
        let segments = peer.receive().await;
        assert!(segments.iter().all(|segment| segment.conv != 2), "{segments:?}");
        if segments.iter().any(|segment| segment.conv == 3) {
            return;
        }
    }
}

#[tokio::test]
async fn late_and_repeated_datagrams_of_an_ended_conversation_get_nothing() {
    let (app, address, _) = start(App::new(), KcpOptions::new()).await;
    let mut peer = Peer::new(address, 1).await;
    let sign = peer.knock().await;
    peer.send(&sign).await;
    peer.data().await;
    // A packet that breaks the protocol: the session ends with a kick.
    let wrong = peer.segment(PUSH, 1, 0, &packet_of(PacketKind::Data, b"x"));
    peer.send(&wrong).await;
    let kick = peer.data().await;
    assert!(kick.starts_with(&[5]), "{}", kick.escape_ascii());
    sessions(&app, 0).await;
    let first = peer.first();
    let more = peer.segment(PUSH, 2, 0, b"more");
    for late in [&first, &sign, &wrong, &more, &first, &sign] {
        peer.send(late).await;
    }
    expect_silence(&mut peer).await;
    assert_eq!(app.server().sessions(), 0);
}

#[tokio::test]
async fn the_limits_of_the_door_hold() {
    let app = App::new().max_handshakes_per_address(2).handshake_timeout(Duration::from_secs(2));
    let (app, address, _) = start(app, KcpOptions::new()).await;
    let mut peer = Peer::new(address, 0).await;
    for conv in 1..=2 {
        peer.conv = conv;
        // Let in, and silent from then on.
        let sign = peer.knock().await;
        peer.send(&sign).await;
        let reply = peer.data().await;
        assert!(String::from_utf8_lossy(&reply).contains("\"code\":200"), "it has a place");
    }
    peer.conv = 3;
    let sign = peer.knock().await;
    peer.send(&sign).await;
    let reply = peer.data().await;
    let text = String::from_utf8_lossy(&reply);
    assert!(text.contains("the server is full"), "{text}");
    // Nobody sends an ack: the deadline ends them, and their conversations with them.
    sessions(&app, 0).await;
    let late = peer.segment(PUSH, 1, 0, b"late");
    for conv in 1..=3 {
        peer.conv = conv;
        peer.send(&late).await;
    }
    assert_eq!(app.server().sessions(), 0);
    let client = connect(address).await;
    echoes(&client, 10).await;
}
