use super::*;

/// All that waits, by writes of at most `most` bytes.
fn written(batch: &mut Batch, most: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while !batch.is_empty() {
        let part: Vec<u8> = batch.with_slices(|slices| {
            assert!(slices.len() <= SLICES && slices.iter().all(|slice| !slice.is_empty()));
            slices.iter().flat_map(|slice| slice.iter().copied()).take(most).collect()
        });
        assert!(!part.is_empty(), "something waits");
        batch.advance(part.len());
        all.extend(part);
    }
    all
}

/// Packets that go each way into a batch, and their bytes.
fn filled() -> (Batch, Vec<u8>) {
    let (mut batch, mut all) = (Batch::default(), Vec::new());
    let mut add = |add: &mut dyn FnMut(&mut Batch, &[u8]), len: usize| {
        let packet = vec![all.len() as u8; len];
        add(&mut batch, &packet);
        all.extend(packet);
    };
    let push = &mut |batch: &mut Batch, packet: &[u8]| {
        assert_eq!(batch.push(Bytes::copy_from_slice(packet)), packet.len());
    };
    add(push, INLINE + 1);
    add(push, INLINE);
    add(push, INLINE + 7);
    add(&mut |batch, packet| assert!(batch.take_over(packet.into()).is_none()), 5);
    add(&mut |batch, packet| assert!(batch.take_over(packet.into()).is_some()), 6);
    add(&mut |batch, packet| assert_eq!(batch.append(packet), packet.len()), 3);
    for _ in 0..SLICES {
        add(push, INLINE + 2);
    }
    add(push, 1);
    (batch, all)
}

#[test]
fn bytes_leave_in_order_in_parts_of_any_length() {
    let steps = [1, 5, INLINE, INLINE + 1, INLINE + 2, 2 * INLINE, usize::MAX];
    for most in steps {
        let (mut batch, all) = filled();
        assert!(written(&mut batch, most) == all, "in parts of {most}");
    }
    let (mut batch, all) = filled();
    let mut drained = Vec::new();
    batch.drain(|packets| drained.extend_from_slice(packets));
    assert!(drained == all && batch.is_empty());
    assert_eq!(written(&mut batch, 1), b"");
    // Nothing is left behind that would be sent again.
    batch.append(b"next");
    assert_eq!(written(&mut batch, 1), b"next");
}

#[test]
fn a_write_takes_as_much_as_there_are_slices_for() {
    let (batch, _) = filled();
    assert_eq!(batch.with_slices(|slices| slices.len()), SLICES);
    let mut two = Batch::default();
    two.push(vec![1; INLINE + 1].into());
    two.append(b"tail");
    assert_eq!(two.with_slices(|slices| slices.len()), 2);
}

#[test]
fn a_small_packet_is_copied_and_a_large_one_is_not() {
    for (len, is_shared) in [(INLINE, false), (INLINE + 1, true)] {
        let packet = Bytes::from(vec![7; len]);
        let mut batch = Batch::default();
        batch.push(packet.clone());
        let first = batch.with_slices(|slices| slices[0].as_ptr());
        assert_eq!(first == packet.as_ptr(), is_shared, "{len} bytes");
    }
}

#[test]
fn a_batch_is_full_at_its_bound() {
    let mut batch = Batch::default();
    batch.append(&vec![0; FULL - 1]);
    assert!(!batch.is_full());
    batch.append(&[0]);
    assert!(batch.is_full());
    batch.advance(1);
    assert!(!batch.is_full());
}

#[test]
fn a_buffer_is_given_back_when_it_has_been_written() {
    let mut batch = Batch::default();
    assert!(batch.release().is_none());
    batch.append(b"abc");
    assert!(batch.release().is_none(), "it is needed");
    batch.drain(|_| {});
    assert!(batch.release().is_some_and(|buffer| buffer.is_empty()));
    batch.append(b"abc");
    batch.push(Bytes::from(vec![0; INLINE + 1]));
    batch.clear();
    assert!(batch.is_empty());
    batch.drain(|left| assert!(left.is_empty(), "it was given up"));
    let unused = BytesMut::with_capacity(10);
    assert!(batch.take_over(unused).is_none(), "it takes the place of none");
    assert!(batch.take_over(BytesMut::new()).is_some());
}
