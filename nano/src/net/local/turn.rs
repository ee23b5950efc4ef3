//! The bytes that the connection whose task runs will write next.
//!
//! A thread polls one connection at a time. While it does, messages to that connection's client are
//! appended to a buffer of the thread: no lock is taken, and nothing is copied.

use std::cell::Cell;

use bytes::BytesMut;

use crate::Result;
use crate::wire::outgoing::Framed;

/// A turn takes no more than this, so that large replies meet the queue's limit.
const FULL: usize = 64 * 1024;

/// The largest buffer that is kept for the next turn.
const KEPT: usize = 2 * FULL;

/// A link, by its address, which is compared and never followed. Only the link itself begins its turns and
/// writes in them, so that the address is always that of the link and not of something that holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Owner(*const ());

impl Owner {
    fn of<L>(link: &L) -> Self {
        Self(std::ptr::from_ref(link).cast())
    }
}

/// The buffer of a thread, and the link whose turn it is.
#[derive(Default)]
struct Slot {
    owner: Option<Owner>,
    out: BytesMut,
}

thread_local! {
    static SLOT: Cell<Slot> = Cell::new(Slot::default());
}

fn take() -> Slot {
    SLOT.try_with(Cell::take).unwrap_or_default()
}

fn set(slot: Slot) {
    // A thread that is ending has nothing to keep.
    let _ = SLOT.try_with(|kept| kept.set(slot));
}

/// The time in which messages to one client go straight to what its connection writes next.
pub(crate) struct Turn {
    outer: Slot,
}

impl Turn {
    /// Begins the turn of `link` on this thread.
    pub(super) fn begin<L>(link: &L) -> Self {
        let mut outer = take();
        // Only a connection that is polled within another's turn finds an owner here.
        let out =
            if outer.owner.is_none() { std::mem::take(&mut outer.out) } else { BytesMut::new() };
        set(Slot { owner: Some(Owner::of(link)), out });
        Self { outer }
    }

    /// Ends the turn, and gives what was written in it.
    pub(crate) fn finish(self) -> BytesMut {
        take().out
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        set(std::mem::take(&mut self.outer));
    }
}

/// Gives a buffer back that has been written, for the next turn on this thread.
pub(crate) fn recycle(mut out: BytesMut) {
    if out.capacity() <= KEPT {
        out.clear();
        let slot = take();
        if slot.owner.is_none() && slot.out.capacity() == 0 {
            set(Slot { owner: None, out });
        } else {
            set(slot);
        }
    }
}

/// Appends a message in the turn of `link`; `None` when it is another's turn, or nobody's.
pub(super) fn write<L>(
    link: &L,
    frame: impl FnOnce(&mut BytesMut) -> Result<Framed>,
) -> Option<Result<Framed>> {
    // While the slot is taken, what the application's code sends in turn goes to the queue.
    let mut written = Written { slot: take(), keep: 0 };
    written.keep = written.slot.out.len();
    if written.slot.owner != Some(Owner::of(link)) || written.keep >= FULL {
        return None;
    }
    let framed = frame(&mut written.slot.out);
    if framed.is_ok() {
        written.keep = written.slot.out.len();
    }
    Some(framed)
}

/// Puts the buffer back, without what a panic left half written.
struct Written {
    slot: Slot,
    keep: usize,
}

impl Drop for Written {
    fn drop(&mut self) {
        self.slot.out.truncate(self.keep);
        set(std::mem::take(&mut self.slot));
    }
}
