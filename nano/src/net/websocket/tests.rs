use std::future::poll_fn;
use std::task::Waker;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;

const LIMIT: usize = 1024;

/// A masked frame of a short payload, with the mask 0.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    [&[0x80 | first, 0x80 | payload.len() as u8, 0, 0, 0, 0], payload].concat()
}

fn connect(pipe: usize) -> (DuplexStream, WebSocketStream<DuplexStream>) {
    let (near, far) = duplex(pipe);
    (near, WebSocketStream::new(far, Vec::new(), LIMIT))
}

#[tokio::test]
async fn a_peer_that_sends_pings_and_does_not_read_owns_few_pongs() {
    let (mut peer, mut server) = connect(200);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        peer.write_all(&frame(9, &[1; 125])).await.expect("room for one");
        let polled = server.poll_recv(&mut cx, &mut BytesMut::new());
        assert!(matches!(polled, Poll::Pending));
    }
    assert!(server.out.len() <= PONGS + 127, "{} bytes of pongs", server.out.len());
}

#[tokio::test]
async fn the_rest_of_a_pong_follows_when_the_peer_reads_again() {
    let (mut peer, mut server) = connect(50);
    let mut inbound = BytesMut::new();
    let serve = poll_fn(|cx| server.poll_recv(cx, &mut inbound));
    let say = async {
        peer.write_all(&frame(9, &[1; 125])).await.expect("the server reads");
        let mut pong = [0; 127];
        peer.read_exact(&mut pong).await.expect("the server writes");
        assert_eq!((pong[0], pong[1], &pong[2..]), (0x8a, 125, &[1; 125][..]));
    };
    let both = async {
        tokio::select! {
            _ = serve => panic!("nothing but a ping was sent"),
            () = say => {}
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), both).await.expect("the pong");
}

#[tokio::test]
async fn packets_in_front_of_a_violation_are_received() {
    for early in [false, true] {
        let bytes = [frame(2, b"a"), frame(2, b"b"), frame(3, b"")].concat();
        let (mut peer, far) = duplex(LIMIT);
        let (sent, early) = if early { (vec![], bytes) } else { (bytes, vec![]) };
        peer.write_all(&sent).await.expect("room");
        let mut server = WebSocketStream::new(far, early, LIMIT);
        let mut inbound = BytesMut::new();
        let received = poll_fn(|cx| server.poll_recv(cx, &mut inbound)).await;
        assert!(matches!(received, Ok(true)), "{received:?}");
        assert_eq!(inbound, &b"ab"[..]);
        let received = poll_fn(|cx| server.poll_recv(cx, &mut inbound)).await;
        assert!(matches!(received, Err(RecvError::Protocol(_))), "{received:?}");
    }
}

#[tokio::test]
async fn a_close_is_answered_once_and_behind_it_comes_the_end() {
    let (mut peer, mut server) = connect(LIMIT);
    let close = frame(8, &1000_u16.to_be_bytes());
    peer.write_all(&[frame(2, b"a"), close, frame(9, b"late")].concat()).await.expect("room");
    let mut inbound = BytesMut::new();
    let received = poll_fn(|cx| server.poll_recv(cx, &mut inbound)).await;
    assert!(matches!(received, Ok(true)), "{received:?}");
    let received = poll_fn(|cx| server.poll_recv(cx, &mut inbound)).await;
    assert!(matches!(received, Ok(false)), "{received:?}");
    let mut batch = Batch::default();
    batch.append(b"\x04\0\0\0");
    poll_fn(|cx| server.poll_send(cx, &mut batch)).await.expect("nothing to send");
    let mut sent = Vec::new();
    peer.read_to_end(&mut sent).await.expect("the end");
    assert_eq!(sent, b"\x88\x02\x03\xe8");
    poll_fn(|cx| server.poll_finish(cx, CloseCode::Away, "late")).await.expect("nothing to send");
}

#[tokio::test]
async fn what_comes_behind_a_violation_is_read_and_not_received() {
    let (mut peer, mut server) = connect(LIMIT);
    peer.write_all(&[frame(3, b""), vec![7; 500]].concat()).await.expect("room");
    let mut inbound = BytesMut::new();
    let received = poll_fn(|cx| server.poll_recv(cx, &mut inbound)).await;
    assert!(matches!(received, Err(RecvError::Protocol(_))), "{received:?}");
    let reason = "ü".repeat(62);
    poll_fn(|cx| server.poll_finish(cx, CloseCode::Protocol, &reason)).await.expect("room");
    // The peer need not answer: nobody would read it.
    let mut sent = Vec::new();
    peer.read_to_end(&mut sent).await.expect("the end");
    assert_eq!(sent, [b"\x88\x7c\x03\xea", &reason.as_bytes()[..122]].concat());
    for _ in 0..100 {
        peer.write_all(&[7; 500]).await.expect("it is read");
        let received = poll_fn(|cx| server.poll_recv(cx, &mut inbound)).await;
        assert!(matches!(received, Ok(true)), "{received:?}");
    }
    drop(peer);
    let received = poll_fn(|cx| server.poll_recv(cx, &mut inbound)).await;
    assert!(matches!(received, Ok(false)), "{received:?}");
    assert!(inbound.is_empty());
}
