//! The outbox under loom, which runs each model once for every interleaving of its threads: `cargo xtask loom`.
//!
//! A model fails when its assertions do, and when its threads wait for each other: a task that sleeps over news is
//! never woken.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread::{self, JoinHandle};

use super::*;
use crate::net::settings::SlowConsumers;
use crate::sync::model;

/// Switches between threads that are not forced by a lock. Nearly all faults need one or two.
const SWITCHES: usize = 3;

fn outbox(limit: usize) -> Arc<Outbox> {
    let bounds = Outbound { limit, slow_consumers: SlowConsumers::Disconnect };
    Arc::new(Outbox::new(bounds, Arc::default()))
}

fn put(outbox: &Outbox, packet: &[u8], class: Class) -> Result<Sent, Refused> {
    outbox.put(Packet::Own(packet), class, Family::Native)
}

/// Runs `f` with the outbox in another thread.
fn with<R: 'static>(outbox: &Arc<Outbox>, f: impl FnOnce(&Outbox) -> R + 'static) -> JoinHandle<R> {
    let outbox = outbox.clone();
    thread::spawn(move || f(&outbox))
}

/// Empties the outbox as a connection's task does, until `is_over` says so of what it saw last. Returns what was sent.
fn serve(outbox: &Outbox, is_over: impl Fn(End) -> bool) -> Vec<u8> {
    let mut sent = Vec::new();
    block_on(poll_fn(|cx| {
        loop {
            if outbox.has_news() {
                let mut batch = Batch::default();
                let look = outbox.look(Some(&mut batch));
                batch.drain(|packets| sent.extend_from_slice(packets));
                match look.end {
                    End::Closing => outbox.seal(Family::Native, true),
                    end if is_over(end) => return Poll::Ready(()),
                    _ => {}
                }
            } else if is_over(End::Open) {
                return Poll::Ready(());
            }
            if outbox.sleep(cx) {
                return Poll::Pending;
            }
        }
    }));
    sent
}

fn serve_to_the_end(outbox: &Outbox) -> Vec<u8> {
    serve(outbox, |end| end == End::Sealed)
}

fn kick(reason: &CloseReason) -> Vec<u8> {
    reason.kick(Family::Native).map(|kick| kick.to_vec()).unwrap_or_default()
}

#[test]
fn what_is_sent_before_the_close_comes_before_the_kick() {
    model(SWITCHES, || {
        let outbox = outbox(100);
        let sender = with(&outbox, |outbox| {
            put(outbox, b"a", Class::Reliable).unwrap();
            put(outbox, b"b", Class::Owed).unwrap();
            outbox.close(CloseReason::Shutdown);
        });
        let sent = serve_to_the_end(&outbox);
        sender.join().unwrap();
        assert_eq!(sent, [b"ab", &kick(&CloseReason::Shutdown)[..]].concat());
    });
}

/// A message that is taken arrives, and one that is refused does not, whoever closes meanwhile; a reply is taken longer
/// than a push.
#[test]
fn a_message_that_races_with_the_close_is_sent_or_refused() {
    for class in [Class::Reliable, Class::Owed] {
        model(SWITCHES, move || {
            let outbox = outbox(100);
            let sender = with(&outbox, move |outbox| put(outbox, b"a", class).is_ok());
            let closer = with(&outbox, |outbox| outbox.close(CloseReason::Shutdown));
            let sent = serve_to_the_end(&outbox);
            let is_taken = sender.join().unwrap();
            assert!(closer.join().unwrap());
            let expected = [if is_taken { &b"a"[..] } else { b"" }, &kick(&CloseReason::Shutdown)];
            assert_eq!(sent, expected.concat());
        });
    }
}

#[test]
fn one_of_two_closes_gives_the_reason() {
    model(SWITCHES, || {
        let outbox = outbox(100);
        let other = with(&outbox, |outbox| outbox.close(CloseReason::HeartbeatTimeout));
        let here = with(&outbox, |outbox| outbox.close(CloseReason::Shutdown));
        let sent = serve_to_the_end(&outbox);
        let (other, here) = (other.join().unwrap(), here.join().unwrap());
        assert!(other != here);
        let reason = if here { CloseReason::Shutdown } else { CloseReason::HeartbeatTimeout };
        assert_eq!(sent, kick(&reason));
        assert_eq!(outbox.close_reason(), Some(&reason));
    });
}

/// A queue that overflows ends with the kick in the place of what waits, and wakes the task. What that has taken before
/// is sent.
#[test]
fn an_overflow_ends_the_session() {
    model(SWITCHES, || {
        let outbox = outbox(3);
        let sender = with(&outbox, |outbox| {
            let first = put(outbox, b"aa", Class::Reliable).is_ok();
            let second = put(outbox, b"bb", Class::Reliable).is_ok();
            if second {
                outbox.close(CloseReason::Shutdown);
            }
            (first, second)
        });
        let sent = serve_to_the_end(&outbox);
        let expected = match sender.join().unwrap() {
            (true, true) => [b"aabb", &kick(&CloseReason::Shutdown)[..]].concat(),
            (true, false) => kick(&CloseReason::SlowConsumer),
            (false, _) => panic!("the first has room"),
        };
        assert_eq!(sent, expected);
    });
}

/// The newest of a key arrives last, and the older one before it or not at all.
#[test]
fn the_newest_push_of_a_key_arrives() {
    model(SWITCHES, || {
        let outbox = outbox(1000);
        let sender = with(&outbox, |outbox| {
            for packet in [b"a", b"b"] {
                put(outbox, packet, Class::Latest(1)).unwrap();
            }
            outbox.close(CloseReason::Closed);
        });
        let sent = serve_to_the_end(&outbox);
        sender.join().unwrap();
        assert!(sent == b"ab" || sent == b"b", "{}", sent.escape_ascii());
    });
}

/// Others change what the task looks at, and wake it: it sees the change, however late it goes to sleep.
#[test]
fn the_task_does_not_sleep_over_a_wake() {
    for wake in [Outbox::wake, Outbox::abort] {
        model(SWITCHES, move || {
            let outbox = outbox(100);
            let is_changed = Arc::new(AtomicBool::new(false));
            let changed = is_changed.clone();
            let waker = with(&outbox, move |outbox| {
                changed.store(true, Ordering::Relaxed);
                wake(outbox);
            });
            serve(&outbox, |_| is_changed.load(Ordering::Relaxed));
            waker.join().unwrap();
        });
    }
}

/// A message of the connection's own turn goes past the queue only while that is empty: it overtakes nothing that was
/// sent before.
#[test]
fn what_was_sent_before_is_seen_in_the_queue() {
    model(SWITCHES, || {
        let outbox = outbox(100);
        let is_sent = Arc::new(AtomicBool::new(false));
        let sent = is_sent.clone();
        let sender = with(&outbox, move |outbox| {
            put(outbox, b"a", Class::Reliable).unwrap();
            // The application learns of it in some way of its own.
            sent.store(true, Ordering::Release);
        });
        if is_sent.load(Ordering::Acquire) {
            assert!(outbox.is_queued());
        }
        sender.join().unwrap();
        assert!(outbox.is_queued() && outbox.has_news());
    });
}
