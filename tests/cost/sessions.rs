//! The memory of sessions that do nothing, and of those that wait for their clients.

use allocation_counter::measure;
use nano::{App, Resume};

use crate::messages::Echo;
use crate::peer::{Peer, Running, confirmation, message, reply_len, runtime};

/// The handshake of a client that may come back.
const HELLO: &[u8] = br#"{"sys":{"features":["resume"]}}"#;
const BODY: [u8; 64] = [b'x'; 64];
/// As many as fill hash tables to the same degree however often they are counted.
const SESSIONS: usize = 256;

/// What a session has done before it is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Reply,
    Confirmation,
    Loss,
}

/// Returns the bytes that a session takes, those of its connection in memory included.
fn bytes(app: App, after: After) -> i64 {
    let runtime = runtime();
    let running = runtime.block_on(Running::start(app.component(Echo)));
    let mut peers: Vec<Peer> = Vec::with_capacity(2 * SESSIONS);
    let request = message(1, "echo.bytes", &BODY);
    let mut open = || {
        runtime.block_on(async {
            for _ in 0..SESSIONS {
                let peer = running.connect_as(HELLO).await;
                peer.send(&request);
                peer.receive(reply_len(BODY.len())).await;
                if after != After::Reply {
                    peer.send(&confirmation(1));
                    settle().await;
                }
                peer.shrink();
                if after == After::Loss {
                    peer.cut();
                    settle().await;
                }
                peers.push(peer);
            }
        });
    };
    // The first ones pay for what the server and the runtime allocate once.
    open();
    let counted = measure(open).bytes_current;
    counted / i64::try_from(SESSIONS).expect("few")
}

/// Lets the server do what there is to do.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// The page `resume` has the number.
#[test]
fn resume_costs_a_session_little_while_it_is_idle_and_when_it_is_lost() {
    let plain = bytes(App::new(), After::Reply);
    let with_resume = |after| bytes(App::new().resume(Resume::new()), after);
    let (idle, unconfirmed, lost) =
        (with_resume(After::Confirmation), with_resume(After::Reply), with_resume(After::Loss));
    let found =
        format!("{plain} bytes without, {idle} idle, {unconfirmed} unconfirmed, {lost} lost");
    assert!(idle - plain <= 384 && lost - plain <= 384, "{found}");
    // What a client has not confirmed is kept.
    assert!(unconfirmed - idle >= i64::try_from(BODY.len()).expect("short"), "{found}");
}
