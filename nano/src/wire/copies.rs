//! Copies of bodies, in memory that the thread uses again.
//!
//! A handler that takes bytes gets a copy of its own, since the read buffer is used for what comes next; so does the frame
//! that takes a body to another node. Nearly all of these copies are gone when the next message comes: then its copy takes
//! their place, and nothing is allocated.

use std::cell::RefCell;

use bytes::{Bytes, BytesMut};

/// The memory that a thread keeps for copies, and the longest body that is copied there. A copy that is kept for long
/// keeps this much with it, so it is small.
const CHUNK: usize = 512;

thread_local! {
    static KEPT_HERE: RefCell<BytesMut> = RefCell::default();
}

/// Returns a copy of `body`.
pub(crate) fn copy(body: &[u8]) -> Bytes {
    if body.len() > CHUNK {
        return Bytes::copy_from_slice(body);
    }
    let copied = KEPT_HERE.try_with(|chunk| {
        let chunk = &mut *chunk.borrow_mut();
        // What is behind the last copy, or all of it when there are no copies any more.
        if !chunk.try_reclaim(body.len()) {
            *chunk = BytesMut::with_capacity(CHUNK);
        }
        chunk.extend_from_slice(body);
        chunk.split().freeze()
    });
    // A thread that is ending keeps nothing.
    copied.unwrap_or_else(|_| Bytes::copy_from_slice(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_is_kept_stays_as_it_is() {
        let bodies: Vec<Vec<u8>> =
            (0..200).map(|number| vec![number; usize::from(number) * 7]).collect();
        let copies: Vec<Bytes> = bodies.iter().map(|body| copy(body)).collect();
        assert_eq!(copies, bodies);
    }

    #[test]
    fn copies_that_are_gone_leave_their_memory_to_the_next() {
        let first = copy(&[7; 64]);
        let place = first.as_ptr();
        drop(first);
        let places: Vec<_> = (0..100).map(|_| copy(&[7; 64]).as_ptr()).collect();
        assert!(places[7..].contains(&place), "the first place comes again");
        let chunk = place.addr()..place.addr() + CHUNK;
        assert!(places.iter().all(|place| chunk.contains(&place.addr())), "all are in one chunk");
    }
}
