use std::task::Waker;

use super::queue::SEGMENT;
use super::*;
use crate::net::batch::{FULL, INLINE};
use crate::serializer::Json;
use crate::wire::Dictionary;

fn local(limit: usize) -> Local {
    let wire = Arc::new(Wire::new(Json, Dictionary::default()));
    Local::new(wire, Arc::new(Clock::new()), limit)
}

fn push(local: &Local, packet: &[u8]) -> Result<(), Refused> {
    local.put(packet.len(), false, |queue| queue.copy(packet))
}

fn reply(local: &Local, packet: &[u8]) -> Result<(), Refused> {
    local.put(packet.len(), true, |queue| queue.copy(packet))
}

fn bytes(batch: &mut Batch) -> Vec<u8> {
    let mut all = Vec::new();
    batch.drain(|packets| all.extend_from_slice(packets));
    all
}

fn drain(local: &Local) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let mut batch = Batch::default();
        local.look(Some(&mut batch));
        if batch.is_empty() {
            return all;
        }
        all.extend(bytes(&mut batch));
    }
}

#[test]
fn order_is_kept_between_copied_and_shared_packets() {
    let local = local(1 << 20);
    let large = Bytes::from(vec![7; INLINE + 1]);
    push(&local, b"a").unwrap();
    local.put_shared(&large, false).unwrap();
    push(&local, b"b").unwrap();
    local.put_shared(&Bytes::from_static(b"c"), false).unwrap();
    let expected = [b"a", &large[..], b"bc"].concat();
    assert_eq!(drain(&local), expected);
}

#[test]
fn a_large_packet_is_shared_and_not_copied() {
    let local = local(1 << 20);
    let large = Bytes::from(vec![7; INLINE + 1]);
    local.put_shared(&large, false).unwrap();
    let mut batch = Batch::default();
    local.look(Some(&mut batch));
    let mut first = None;
    batch.drain(|packets| first = first.or(Some(packets.as_ptr())));
    assert_eq!(first, Some(large.as_ptr()));
}

#[test]
fn a_full_queue_is_replaced_by_the_kick() {
    let local = local(10);
    push(&local, b"0123456789").unwrap();
    assert!(matches!(push(&local, b"!"), Err(Refused::Full { limit: 10 })));
    assert!(matches!(push(&local, b"?"), Err(Refused::Closed)));
    assert_eq!(local.close_reason(), Some(CloseReason::SlowConsumer));
    assert_eq!(drain(&local), b"\x05\0\0\x1a{\"reason\":\"slow_consumer\"}");
}

#[test]
fn replies_are_taken_until_the_queue_is_sealed() {
    let local = local(1 << 20);
    assert!(local.close(CloseReason::Kicked("bye".into())));
    assert!(!local.close(CloseReason::Closed));
    assert!(matches!(push(&local, b"push"), Err(Refused::Closed)));
    reply(&local, b"reply").unwrap();
    local.seal();
    assert!(matches!(reply(&local, b"late"), Err(Refused::Closed)));
    assert_eq!(drain(&local), b"reply\x05\0\0\x10{\"reason\":\"bye\"}");
}

#[test]
fn a_discarded_queue_gives_nothing_and_takes_nothing() {
    let local = local(1 << 20);
    push(&local, b"lost").unwrap();
    local.discard();
    assert!(matches!(reply(&local, b"late"), Err(Refused::Closed)));
    assert_eq!(local.look(None).end, End::Sealed);
    assert_eq!(drain(&local), b"");
}

#[test]
fn the_connection_does_not_sleep_over_news() {
    let local = local(1 << 20);
    let cx = Context::from_waker(Waker::noop());
    local.look(None);
    push(&local, b"a").unwrap();
    assert!(!local.sleep(&cx));
    local.look(None);
    assert!(local.sleep(&cx));
}

#[test]
fn a_long_queue_is_handed_over_in_batches() {
    let local = local(1 << 20);
    let packets: Vec<[u8; 100]> = (0..5000_u32).map(|n| [n as u8; 100]).collect();
    for packet in &packets {
        push(&local, packet).unwrap();
    }
    let (mut batches, mut all) = (0, Vec::new());
    loop {
        let mut batch = Batch::default();
        local.look(Some(&mut batch));
        if batch.is_empty() {
            break;
        }
        let packets = bytes(&mut batch);
        assert!(packets.len() < FULL + SEGMENT + 100, "a batch of {} bytes", packets.len());
        batches += 1;
        all.extend(packets);
    }
    assert!(batches >= 5000 * 100 / (FULL + SEGMENT + 100), "{batches} batches");
    assert_eq!(all, packets.concat());
}

fn send(local: &Local, route: &str) {
    local.send(&mut Outgoing::push(route, &|_, _| Ok(()))).unwrap();
}

#[test]
fn a_message_in_its_own_turn_needs_no_queue_and_overtakes_nothing_in_it() {
    let (own, other) = (local(1 << 20), local(1 << 20));
    let turn = Turn::begin(&own);
    send(&own, "a");
    send(&other, "b");
    assert!(!own.is_queued());
    // From another thread: in the queue, and the next behind it.
    std::thread::scope(|scope| scope.spawn(|| send(&own, "c")).join().unwrap());
    send(&own, "d");
    assert_eq!(&turn.finish()[..], b"\x04\0\0\x03\x06\x01a");
    assert_eq!(drain(&own), b"\x04\0\0\x03\x06\x01c\x04\0\0\x03\x06\x01d");
    assert_eq!(drain(&other), b"\x04\0\0\x03\x06\x01b");
    send(&own, "e");
    assert_eq!(drain(&own), b"\x04\0\0\x03\x06\x01e");
}

#[test]
fn a_panic_while_a_message_is_written_leaves_nothing_of_it() {
    let local = local(1 << 20);
    let turn = Turn::begin(&local);
    send(&local, "a");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = local.send(&mut Outgoing::push("b", &|_, _| panic!("a value panics")));
    }));
    assert!(panicked.is_err());
    send(&local, "c");
    assert_eq!(&turn.finish()[..], b"\x04\0\0\x03\x06\x01a\x04\0\0\x03\x06\x01c");
}
