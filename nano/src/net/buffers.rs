//! The buffers of a thread, lent to the connection that is polled.
//!
//! A connection that waits holds no buffer, or one that is just large enough for the part of a packet
//! that has come.

use std::cell::RefCell;

use bytes::BytesMut;

/// The size of a buffer, and so how much is read at a time.
pub(super) const SIZE: usize = 16 * 1024;

/// The number of buffers that a thread keeps: one to read into, one to write from.
const KEPT: usize = 2;

/// The largest buffer that is kept.
const LARGEST: usize = 8 * SIZE;

thread_local! {
    static KEPT_HERE: RefCell<Vec<BytesMut>> = const { RefCell::new(Vec::new()) };
}

/// Lends an empty buffer.
pub(super) fn take() -> BytesMut {
    // A thread that is ending keeps nothing.
    let kept = KEPT_HERE.try_with(|here| here.borrow_mut().pop()).ok().flatten();
    kept.unwrap_or_else(|| BytesMut::with_capacity(SIZE))
}

/// Takes a buffer back that is not needed any more.
pub(super) fn give(mut buffer: BytesMut) {
    buffer.clear();
    // It may have been cut off at the front: all of it is there again when nothing else holds it.
    if buffer.capacity() == 0 || buffer.try_reclaim(LARGEST + 1) || !buffer.try_reclaim(SIZE) {
        return;
    }
    let _ = KEPT_HERE.try_with(|here| {
        let mut kept = here.borrow_mut();
        if kept.len() < KEPT {
            kept.push(buffer);
        }
    });
}

/// Takes the read buffer of a connection back; what is left in it moves to one of its own.
pub(super) fn give_back(inbound: &mut BytesMut) {
    if inbound.is_empty() {
        give(std::mem::take(inbound));
    } else if inbound.capacity() >= SIZE / 2 && inbound.len() < SIZE / 4 {
        let own = BytesMut::from(&inbound[..]);
        give(std::mem::replace(inbound, own));
    }
}

#[cfg(test)]
mod tests {
    use bytes::Buf;

    use super::*;

    #[test]
    fn a_buffer_is_kept_whole() {
        let whole = 3 * SIZE;
        let mut buffer = BytesMut::with_capacity(whole);
        buffer.resize(whole, 7);
        buffer.advance(whole - 1);
        give(buffer);
        let again = take();
        assert_eq!((again.len(), again.capacity()), (0, whole));
    }

    #[test]
    fn a_large_buffer_is_not_kept() {
        for used in [0, LARGEST, 2 * LARGEST - SIZE] {
            let mut buffer = BytesMut::zeroed(2 * LARGEST);
            buffer.advance(used);
            give(buffer);
            assert_eq!(take().capacity(), SIZE, "{used} bytes used");
        }
    }

    #[test]
    fn a_connection_that_waits_holds_what_has_come_and_no_more() {
        for (len, most) in [(0, 0), (3, 3), (SIZE, 2 * SIZE)] {
            let mut inbound = take();
            inbound.resize(len, 7);
            let before = inbound.as_ptr();
            give_back(&mut inbound);
            assert_eq!(inbound, vec![7; len]);
            assert!(inbound.capacity() <= most, "{} bytes for {len}", inbound.capacity());
            assert_eq!(inbound.as_ptr() == before, len == SIZE, "{len} bytes are moved");
            let before = inbound.as_ptr();
            give_back(&mut inbound);
            assert_eq!(inbound.as_ptr(), before, "{len} bytes are moved once");
        }
    }
}
