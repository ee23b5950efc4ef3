//! Requests and their replies.

use allocation_counter::measure;
use nano::{App, Bytes, component};
use serde::{Deserialize, Serialize};

use crate::peer::{Calls, Peer, Running, message, reply_len, runtime};

/// The requests that are sent at once, and the times that they are.
const BURST: usize = 32;
const BURSTS: usize = 50;
/// The bursts before it counts, in which buffers find their size.
const WARM_UP: usize = 20;

/// A move, whose text is the only part with memory of its own.
#[derive(Debug, Deserialize, Serialize)]
struct Move {
    x: i32,
    y: i32,
    text: String,
}

pub(crate) struct Echo;

#[component]
impl Echo {
    #[handler]
    fn bytes(&self, body: Bytes) -> Bytes {
        body
    }

    #[handler]
    async fn later(&self, body: Bytes) -> Bytes {
        body
    }

    #[handler]
    fn typed(&self, message: Move) -> Move {
        message
    }
}

/// The same in a component with a lock.
#[derive(Default)]
struct Counter {
    calls: u64,
}

#[component]
impl Counter {
    #[handler]
    fn bytes(&mut self, body: Bytes) -> Bytes {
        self.calls += 1;
        body
    }

    #[handler]
    async fn later(&mut self, body: Bytes) -> Bytes {
        self.calls += 1;
        body
    }
}

/// Sends bursts, and waits for the replies to each.
pub(crate) async fn bursts(peer: &Peer, burst: &[u8], replies: usize, times: usize) {
    for _ in 0..times {
        peer.send(burst);
        let flag = peer.receive(replies).await;
        assert_eq!(flag, 2 << 1, "a reply, and no error");
    }
}

/// Sends requests of one route, and checks the allocations of each and the calls of each wakeup.
fn check(route: &str, body: &[u8], in_burst: usize, allocations: u64) {
    let runtime = runtime();
    let (running, peer) = runtime.block_on(async {
        let running =
            Running::start(App::new().component(Echo).component(Counter::default())).await;
        let peer = running.connect().await;
        (running, peer)
    });
    let burst = message(1, route, body).repeat(in_burst);
    let replies = reply_len(body.len()) * in_burst;
    runtime.block_on(bursts(&peer, &burst, replies, WARM_UP));
    peer.calls();
    let count = |times| measure(|| runtime.block_on(bursts(&peer, &burst, replies, times)));
    // What the runtime allocates when it begins is in both.
    let counted = count(BURSTS + 1).count_total - count(1).count_total;
    let messages = u64::try_from(BURSTS * in_burst).expect("few");
    assert_eq!(
        counted,
        allocations * messages,
        "allocations of {messages} messages to {route}, {in_burst} at a time"
    );
    let calls = Calls { reads: BURSTS + 2, writes: BURSTS + 2 };
    assert_eq!(peer.calls(), calls, "a read and a write for each wakeup");
    drop(running);
}

#[test]
fn a_plain_handler_of_bytes_allocates_nothing() {
    // A burst of the longest fits the buffer that is read into.
    for (body, in_burst) in [(&[b'x'; 0][..], BURST), (&[b'x'; 64], BURST), (&[b'x'; 500], 8)] {
        check("echo.bytes", body, in_burst, 0);
        check("echo.bytes", body, 1, 0);
        check("counter.bytes", body, in_burst, 0);
    }
}

#[test]
fn a_long_body_is_one_allocation() {
    check("echo.bytes", &[b'x'; 1000], 1, 1);
}

#[test]
fn an_async_handler_is_one_allocation() {
    for route in ["echo.later", "counter.later"] {
        check(route, &[b'x'; 64], BURST, 1);
        check(route, &[b'x'; 64], 1, 1);
    }
}

#[test]
fn a_typed_handler_allocates_what_its_message_has() {
    check("echo.typed", br#"{"x":-310,"y":455,"text":"north"}"#, BURST, 1);
}
