//! The read buffer of a thread, lent to the connection that is polled.
//!
//! A connection that waits holds no buffer, or one that is just large enough for the part of a packet
//! that has come.

use std::cell::Cell;

use bytes::BytesMut;

/// How much is read at a time.
pub(super) const SIZE: usize = 16 * 1024;

thread_local! {
    static BUFFER: Cell<BytesMut> = Cell::new(BytesMut::new());
}

pub(super) fn take() -> BytesMut {
    let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
    buffer.clear();
    buffer.reserve(SIZE);
    buffer
}

/// Gives the buffer of a connection back; what is left in it moves to one of its own.
pub(super) fn give_back(inbound: &mut BytesMut) {
    let is_lent = inbound.capacity() >= SIZE;
    if !inbound.is_empty() && !is_lent {
        return;
    }
    let own = BytesMut::from(&inbound[..]);
    let lent = std::mem::replace(inbound, own);
    if is_lent && lent.capacity() <= 2 * SIZE {
        let _ = BUFFER.try_with(|buffer| buffer.set(lent));
    }
}
