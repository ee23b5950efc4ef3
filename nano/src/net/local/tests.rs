use std::task::Waker;

use bytes::Bytes;

use super::packets::SEGMENT;
use super::*;
use crate::net::batch::{FULL, INLINE};
use crate::net::settings::SlowConsumers;
use crate::serializer::Json;
use crate::wire::Dictionary;
use crate::wire::outgoing::Content;

fn local(limit: usize) -> Local {
    let wire = Arc::new(Wire::new(Json, Dictionary::default()));
    let bounds = Outbound { limit, slow_consumers: SlowConsumers::Disconnect };
    Local::new(wire, Arc::new(Clock::new()), bounds)
}

fn push(local: &Local, packet: &[u8]) -> Result<Sent, Refused> {
    local.put(Packet::Own(packet), Class::Reliable)
}

fn share(local: &Local, packet: &Bytes) -> Result<Sent, Refused> {
    local.put(Packet::Shared(packet), Class::Reliable)
}

fn reply(local: &Local, packet: &[u8]) -> Result<Sent, Refused> {
    local.put(Packet::Own(packet), Class::Owed)
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
    share(&local, &large).unwrap();
    push(&local, b"b").unwrap();
    share(&local, &Bytes::from_static(b"c")).unwrap();
    let expected = [b"a", &large[..], b"bc"].concat();
    assert_eq!(drain(&local), expected);
}

#[test]
fn a_large_packet_is_shared_and_not_copied() {
    let local = local(1 << 20);
    let large = Bytes::from(vec![7; INLINE + 1]);
    share(&local, &large).unwrap();
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
    assert_eq!(drain(&local), b"", "its client announced nothing");

    let local = self::local(10);
    local.set_dialect(Dialect::native(true, false));
    push(&local, b"0123456789").unwrap();
    assert!(matches!(push(&local, b"!"), Err(Refused::Full { limit: 10 })));
    assert_eq!(drain(&local), b"\x05\0\0\x2a{\"reason\":\"slow_consumer\",\"reconnectIn\":0}");
}

#[test]
fn f3_only_native_clients_are_kicked_for_reasons_that_are_not_final() {
    use CloseReason::*;
    let sealed = |reason: &CloseReason, dialect: Dialect| {
        let local = local(1 << 20);
        local.set_dialect(dialect);
        local.close(reason.clone());
        local.seal(true);
        let sent = drain(&local);
        String::from_utf8(sent.get(4..).unwrap_or_default().to_vec()).unwrap()
    };
    for (reason, stock, native) in [
        (Disconnected, "", ""),
        (Closed, "", ""),
        (HandshakeRefused, "", ""),
        (Kicked("bye".into()), r#"{"reason":"bye"}"#, r#"{"reason":"bye"}"#),
        (Replaced, r#"{"reason":"replaced"}"#, r#"{"reason":"replaced"}"#),
        (
            Protocol("why".into()),
            r#"{"reason":"protocol_error: why"}"#,
            r#"{"reason":"protocol_error: why"}"#,
        ),
        (HandshakeTimeout, "", r#"{"reason":"handshake_timeout","reconnectIn":0}"#),
        (Full, "", r#"{"reason":"full","reconnectIn":5000}"#),
        (RateLimited, "", r#"{"reason":"rate_limited","reconnectIn":5000}"#),
        (HeartbeatTimeout, "", r#"{"reason":"heartbeat_timeout","reconnectIn":0}"#),
        (SlowConsumer, "", r#"{"reason":"slow_consumer","reconnectIn":0}"#),
        (Shutdown, "", r#"{"reason":"shutdown","reconnectIn":1000}"#),
    ] {
        assert_eq!(sealed(&reason, Dialect::NANO), stock, "{reason}");
        assert_eq!(sealed(&reason, Dialect::PITAYA), stock, "{reason}");
        assert_eq!(sealed(&reason, Dialect::native(false, false)), native, "{reason}");
    }
}

#[test]
fn replies_are_taken_until_the_queue_is_sealed() {
    let local = local(1 << 20);
    assert!(local.close(CloseReason::Kicked("bye".into())));
    assert!(!local.close(CloseReason::Closed));
    assert!(matches!(push(&local, b"push"), Err(Refused::Closed)));
    reply(&local, b"reply").unwrap();
    local.seal(true);
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
    let turn = own.turn();
    send(&own, "a");
    send(&other, "b");
    assert!(!own.outbox.is_queued());
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
    let turn = local.turn();
    send(&local, "a");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = local.send(&mut Outgoing::push("b", &|_, _| panic!("a value panics")));
    }));
    assert!(panicked.is_err());
    send(&local, "c");
    assert_eq!(&turn.finish()[..], b"\x04\0\0\x03\x06\x01a\x04\0\0\x03\x06\x01c");
}

#[test]
fn nothing_comes_behind_the_kick() {
    let local = local(1 << 20);
    local.close(CloseReason::Kicked("bye".into()));
    local.seal(true);
    local.seal(true);
    local.handshake(b"late");
    assert_eq!(drain(&local), b"\x05\0\0\x10{\"reason\":\"bye\"}");
    local.discard();
    local.seal(true);
    assert_eq!(drain(&local), b"");
    assert_eq!(local.look(None).end, End::Sealed);
}

#[test]
fn handlers_may_be_given_up_also_behind_the_end() {
    let local = local(1 << 20);
    assert!(!local.look(None).is_aborted);
    local.discard();
    local.abort();
    assert!(local.look(None).is_aborted);
}

#[test]
fn the_task_is_woken_once_and_by_its_last_waker() {
    #[derive(Default)]
    struct Count(AtomicU64);
    impl std::task::Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let local = local(1 << 20);
    let (old, new) = (Arc::new(Count::default()), Arc::new(Count::default()));
    for count in [&old, &new] {
        local.look(None);
        assert!(local.sleep(&Context::from_waker(&count.clone().into())));
    }
    let news: [&dyn Fn(); 6] = [
        &|| assert!(push(&local, b"a").is_ok()),
        &|| assert!(share(&local, &Bytes::from(vec![0; INLINE + 1])).is_ok()),
        &|| local.handshake(b"h"),
        &|| local.wake(),
        &|| assert!(local.close(CloseReason::Closed)),
        &|| local.seal(true),
    ];
    for (so_far, news) in (1..).zip(news) {
        news();
        assert_eq!(new.0.load(Ordering::Relaxed), so_far);
        // It is awake now.
        local.wake();
        local.look(None);
        assert!(local.sleep(&Context::from_waker(&new.clone().into())));
    }
    assert_eq!((old.0.load(Ordering::Relaxed), new.0.load(Ordering::Relaxed)), (0, 6));
    local.abort();
    assert_eq!(new.0.load(Ordering::Relaxed), 7);
}

#[test]
fn a_heartbeat_is_sent_when_nothing_else_waits_and_silence_ends_the_session() {
    let local = Arc::new(local(1 << 20));
    local.start_heartbeat(1000);
    assert_eq!(local.visit(999), Some(1000));
    assert_eq!(drain(&local), b"");
    assert_eq!(local.visit(1000), Some(2000));
    assert_eq!(drain(&local), b"\x03\0\0\0");
    push(&local, b"x").unwrap();
    assert_eq!(local.visit(2000), Some(3000));
    assert_eq!(drain(&local), b"x");
    assert_eq!(local.visit(3000), Some(3001), "three intervals are not over yet");
    assert!(!local.is_closing());
    assert_eq!(local.visit(3001), None);
    assert_eq!(local.close_reason(), Some(CloseReason::HeartbeatTimeout));
}

#[test]
fn the_beats_of_a_lost_time_are_not_sent_when_the_client_is_back() {
    let local = Arc::new(local(1 << 20));
    local.be_present();
    local.start_heartbeat(1000);
    local.lose();
    for second in 1..=6 {
        tick(&local, 2);
        assert_eq!(local.visit(second * 1000), Some((second + 1) * 1000));
    }
    local.be_present();
    assert_eq!(local.visit(6500), Some(7000));
    assert_eq!(drain(&local), b"");
}

fn tick(local: &Local, halves: u32) {
    for _ in 0..halves {
        local.clock.tick(std::time::Duration::from_millis(500), &Default::default());
    }
}

#[test]
fn the_time_of_a_handler_is_no_silence() {
    let local = Arc::new(local(1 << 20));
    local.start_heartbeat(1000);
    local.set_busy(true);
    tick(&local, 21);
    assert!(!local.is_closing());
    local.set_busy(false);
    tick(&local, 6);
    assert!(!local.is_closing(), "its silence began when the handler ended");
    tick(&local, 1);
    assert_eq!(local.close_reason(), Some(CloseReason::HeartbeatTimeout));
}

#[test]
fn a_connection_that_has_ended_is_not_visited() {
    let local = Arc::new(local(1 << 20));
    local.start_heartbeat(1000);
    tick(&local, 2);
    assert_eq!(drain(&local), b"\x03\0\0\0");
    local.stop_heartbeat();
    tick(&local, 10);
    assert_eq!(drain(&local), b"");
    assert!(!local.is_closing());
}

#[test]
fn a_turn_takes_so_much_and_the_queue_the_rest() {
    let local = local(300_000);
    let large = vec![7; 50_000];
    let turn = local.turn();
    let mut sent = 0;
    while !local.is_half_full() && sent < 20 {
        let body = |_: &dyn crate::Serializer, out: &mut bytes::BytesMut| {
            out.extend_from_slice(&large);
            Ok(())
        };
        local.send(&mut Outgoing::push("r", &body)).unwrap();
        sent += 1;
    }
    assert_eq!(sent, 5, "two in the turn, and three, more than half, in the queue");
    assert_eq!(turn.finish().len() / large.len(), 2);
    assert_eq!(drain(&local).len() / large.len(), 3);
    assert!(!local.is_half_full());
}

#[test]
fn a_turn_after_the_queue_is_empty_is_used_again_and_takes_no_push_behind_a_close() {
    let local = local(1 << 20);
    send(&local, "a");
    assert_eq!(drain(&local), b"\x04\0\0\x03\x06\x01a");
    let turn = local.turn();
    send(&local, "b");
    local.close(CloseReason::Closed);
    let late = local.send(&mut Outgoing::push("c", &|_, _| Ok(())));
    assert!(matches!(late, Err(Refused::Closed)), "{late:?}");
    let id = std::num::NonZeroU64::MIN;
    local.send(&mut Outgoing::reply(id, "r", Content::Value, &|_, _| Ok(()))).unwrap();
    assert_eq!(&turn.finish()[..], b"\x04\0\0\x03\x06\x01b\x04\0\0\x02\x04\x01");
    assert_eq!(drain(&local), b"");
}

#[test]
fn a_message_behind_a_turn_is_queued_and_one_in_it_is_not() {
    let (local, other) = (local(1 << 20), local(1 << 20));
    drop(local.turn());
    send(&local, "a");
    assert_eq!(drain(&local), b"\x04\0\0\x03\x06\x01a", "nothing else would write it");
    // A turn within another one's, as when a connection polls another.
    let outer = local.turn();
    drop(other.turn());
    send(&local, "b");
    send(&other, "c");
    assert_eq!(&outer.finish()[..], b"\x04\0\0\x03\x06\x01b");
    assert_eq!(drain(&local), b"");
    assert_eq!(drain(&other), b"\x04\0\0\x03\x06\x01c");
}
