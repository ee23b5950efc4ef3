use super::*;

fn drain(outbound: &Outbound) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let mut batch = Batch::new();
        outbound.look(&mut batch, true);
        if batch.is_empty() {
            return all;
        }
        all.extend(batch.into_iter().flatten());
    }
}

#[test]
fn order_is_kept_between_copied_and_shared_packets() {
    let outbound = Outbound::new(1 << 20);
    let large = Bytes::from(vec![7; INLINE + 1]);
    outbound.push(b"a").unwrap();
    outbound.push_shared(&large).unwrap();
    outbound.push(b"b").unwrap();
    outbound.push_shared(&Bytes::from_static(b"c")).unwrap();
    let expected = [b"a", &large[..], b"bc"].concat();
    assert_eq!(drain(&outbound), expected);
}

#[test]
fn a_large_packet_is_shared_and_not_copied() {
    let outbound = Outbound::new(1 << 20);
    let large = Bytes::from(vec![7; INLINE + 1]);
    outbound.push_shared(&large).unwrap();
    let mut batch = Batch::new();
    outbound.look(&mut batch, true);
    assert_eq!(batch[0].as_ptr(), large.as_ptr());
}

#[test]
fn a_full_queue_is_replaced_by_the_kick() {
    let outbound = Outbound::new(10);
    outbound.push(b"0123456789").unwrap();
    assert_eq!(outbound.push(b"!"), Err(Refused::Full));
    assert_eq!(outbound.push(b"?"), Err(Refused::Closed));
    assert_eq!(outbound.close_reason(), Some(CloseReason::SlowConsumer));
    assert_eq!(drain(&outbound), b"\x05\0\0\x1a{\"reason\":\"slow_consumer\"}");
}

#[test]
fn replies_are_taken_until_the_queue_is_sealed() {
    let outbound = Outbound::new(1 << 20);
    assert!(outbound.close(CloseReason::Kicked("bye".into())));
    assert!(!outbound.close(CloseReason::Closed));
    assert_eq!(outbound.push(b"push"), Err(Refused::Closed));
    outbound.reply(b"reply").unwrap();
    outbound.seal();
    assert_eq!(outbound.reply(b"late"), Err(Refused::Closed));
    assert_eq!(drain(&outbound), b"reply\x05\0\0\x10{\"reason\":\"bye\"}");
}

#[test]
fn the_connection_does_not_sleep_over_news() {
    let outbound = Outbound::new(1 << 20);
    let cx = Context::from_waker(Waker::noop());
    outbound.look(&mut Batch::new(), true);
    outbound.push(b"a").unwrap();
    assert!(!outbound.sleep(&cx));
    outbound.look(&mut Batch::new(), true);
    assert!(outbound.sleep(&cx));
}

#[test]
fn a_long_queue_is_handed_over_in_batches() {
    let outbound = Outbound::new(1 << 20);
    let packets: Vec<[u8; 100]> = (0..5000_u32).map(|n| [n as u8; 100]).collect();
    for packet in &packets {
        outbound.push(packet).unwrap();
    }
    let (mut batches, mut all) = (0, Vec::new());
    loop {
        let mut batch = Batch::new();
        outbound.look(&mut batch, true);
        let len: usize = batch.iter().map(Bytes::len).sum();
        if len == 0 {
            break;
        }
        assert!(len < BATCH + SEGMENT + 100, "a batch of {len} bytes");
        batches += 1;
        all.extend(batch.into_iter().flatten());
    }
    assert!(batches >= 5000 * 100 / (BATCH + SEGMENT + 100), "{batches} batches");
    assert_eq!(all, packets.concat());
}
