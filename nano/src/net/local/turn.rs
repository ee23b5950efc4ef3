//! The bytes that the connection whose task runs will write next.
//!
//! A thread polls one connection at a time. While it does, messages to that connection's client are
//! appended to a buffer of the thread: no lock is taken, and nothing is copied.

use std::cell::RefCell;

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
    // Borrowed while a message is written: what the application's code sends in turn goes to the queue.
    static SLOT: RefCell<Slot> = RefCell::default();
}

/// Calls `f` with the slot; `None` while a message is written, and on a thread that is ending.
#[inline(always)]
fn with_slot<R>(f: impl FnOnce(&mut Slot) -> R) -> Option<R> {
    SLOT.try_with(|slot| slot.try_borrow_mut().ok().map(|mut slot| f(&mut slot))).ok()?
}

/// The time in which messages to one client go straight to what its connection writes next.
pub(crate) struct Turn {
    /// The turn that this one interrupts: that of a connection that polls another one.
    outer: Option<(Owner, BytesMut)>,
}

impl Turn {
    /// Begins the turn of `link` on this thread.
    pub(super) fn begin<L>(link: &L) -> Self {
        let outer = with_slot(|slot| {
            let outer = slot.owner.replace(Owner::of(link));
            outer.map(|owner| (owner, std::mem::take(&mut slot.out)))
        });
        Self { outer: outer.flatten() }
    }

    /// Ends the turn, and gives what was written in it.
    pub(crate) fn finish(self) -> BytesMut {
        with_slot(|slot| std::mem::take(&mut slot.out)).unwrap_or_default()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        with_slot(|slot| match self.outer.take() {
            Some((owner, out)) => *slot = Slot { owner: Some(owner), out },
            None => {
                slot.owner = None;
                slot.out.clear();
            }
        });
    }
}

/// Gives a buffer back that has been written, for the next turn on this thread.
pub(crate) fn recycle(mut out: BytesMut) {
    if out.capacity() <= KEPT {
        with_slot(|slot| {
            if slot.owner.is_none() && slot.out.capacity() == 0 {
                out.clear();
                slot.out = out;
            }
        });
    }
}

/// Appends a message in the turn of `link`; `None` when it is another's turn, or nobody's.
#[inline]
pub(super) fn write<L>(
    link: &L,
    frame: impl FnOnce(&mut BytesMut) -> Result<Framed>,
) -> Option<Result<Framed>> {
    with_slot(|slot| {
        let keep = slot.out.len();
        if slot.owner != Some(Owner::of(link)) || keep >= FULL {
            return None;
        }
        let mut written = Written { out: &mut slot.out, keep };
        let framed = frame(written.out);
        if framed.is_ok() {
            written.keep = written.out.len();
        }
        Some(framed)
    })?
}

/// The buffer while a message is written to it: nothing stays of one that a panic leaves half written.
struct Written<'a> {
    out: &'a mut BytesMut,
    keep: usize,
}

impl Drop for Written<'_> {
    fn drop(&mut self) {
        self.out.truncate(self.keep);
    }
}
