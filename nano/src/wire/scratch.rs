//! The buffer of each thread for messages that are being written.

use std::cell::Cell;

use bytes::BytesMut;

thread_local! {
    static SCRATCH: Cell<BytesMut> = Cell::new(BytesMut::new());
}

/// The largest buffer that is kept for the next message.
const KEPT: usize = 64 * 1024;

/// Lends a buffer of this thread, so that encoding allocates nothing and holds no lock: it runs
/// the application's code, which may panic or send in turn.
pub(crate) fn with_scratch<R>(f: impl FnOnce(&mut BytesMut) -> R) -> R {
    let mut scratch = SCRATCH.try_with(Cell::take).unwrap_or_default();
    scratch.clear();
    let result = f(&mut scratch);
    if scratch.capacity() <= KEPT {
        // A thread that is ending has no thread-local buffer any more.
        let _ = SCRATCH.try_with(|kept| kept.set(scratch));
    }
    result
}
