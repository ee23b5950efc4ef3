//! Chains of calls: the components that the running call has, so that it does not wait for itself.
//!
//! A call that the framework polls begins a chain; the calls that it awaits belong to the chain, a task that it spawns
//! does not. A chain that keeps a component's borrow across an await notes it here, and a call of the same chain that
//! would have to wait for that component is refused: nobody could ever let it in.

use std::cell::Cell;

use crate::sync::thread_local;

/// The number of components that one chain can note at a time. It rarely has more than one: its own, and that of a hook
/// which it waits for. What does not fit is not noticed, and waits until a deadline ends it.
const MOST: usize = 4;

/// The components that a chain has, by their addresses; zero stands for none.
pub(super) type Held = [usize; MOST];

/// A chain without a component, as most calls have it.
const NOTHING: Held = [0; MOST];

thread_local! {
    /// `true` while a chain is polled on this thread.
    static IS_POLLED: Cell<bool> = const { Cell::new(false) };
    /// The components of that chain.
    static CURRENT: Cell<Held> = const { Cell::new(NOTHING) };
}

/// Polls a call that `held` components when it was polled last. Within the poll of another call it belongs to that one's
/// chain, for as long as it is polled there: it may go on in a task of its own.
///
/// `poll` does not unwind.
#[inline]
pub(super) fn enter<R>(held: &mut Held, poll: impl FnOnce() -> R) -> R {
    if *held != NOTHING || IS_POLLED.with(Cell::get) {
        return enter_slowly(held, poll);
    }
    IS_POLLED.with(|it| it.set(true));
    let polled = poll();
    IS_POLLED.with(|it| it.set(false));
    if CURRENT.with(Cell::get) != NOTHING {
        *held = CURRENT.with(|it| it.replace(NOTHING));
    }
    polled
}

/// Polls a call that has a component, or that is polled by another one.
#[inline(never)]
fn enter_slowly<R>(held: &mut Held, poll: impl FnOnce() -> R) -> R {
    let (outer, is_within) = (CURRENT.with(Cell::get), IS_POLLED.with(|it| it.replace(true)));
    let mut chain = outer;
    held.iter().for_each(|component| replace(&mut chain, 0, *component));
    CURRENT.with(|it| it.set(chain));
    let polled = poll();
    IS_POLLED.with(|it| it.set(is_within));
    *held = CURRENT.with(|it| it.replace(outer));
    outer.iter().for_each(|component| replace(held, *component, 0));
    polled
}

/// Returns `true` if the chain that is being polled has the component at this address.
pub(super) fn has(component: usize) -> bool {
    CURRENT.with(Cell::get).contains(&component)
}

/// The note that a chain has a component, until it is dropped.
#[derive(Debug)]
pub(super) struct Kept(usize);

impl Kept {
    /// Notes that the chain that is being polled has the component at this address.
    pub(super) fn note(component: usize) -> Self {
        in_current(0, component);
        Self(component)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // The whole call may be dropped while it is not polled: then its chain has ended.
        in_current(self.0, 0);
    }
}

/// Replaces one entry of the chain that is being polled.
fn in_current(old: usize, new: usize) {
    if IS_POLLED.with(Cell::get) {
        let mut held = CURRENT.with(Cell::get);
        replace(&mut held, old, new);
        CURRENT.with(|it| it.set(held));
    }
}

/// Replaces one entry, if there is such an entry.
fn replace(held: &mut Held, old: usize, new: usize) {
    if let Some(entry) = held.iter_mut().find(|entry| **entry == old) {
        *entry = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_has_what_it_keeps_while_it_is_polled() {
        let (mut one, mut other) = (Held::default(), Held::default());
        let kept = enter(&mut one, || {
            let kept = Kept::note(7);
            assert!(has(7) && !has(8));
            kept
        });
        assert!(!has(7), "nothing is polled");
        enter(&mut other, || assert!(!has(7), "another chain"));
        enter(&mut one, || {
            assert!(has(7), "it keeps it across polls");
            enter(&mut other, || assert!(has(7), "a call within belongs to the chain"));
            drop(kept);
            assert!(!has(7));
        });
        assert_eq!((one, other), (Held::default(), Held::default()));
    }

    #[test]
    fn a_call_takes_along_what_it_has_when_it_goes_on_by_itself() {
        let (mut outer, mut inner) = (Held::default(), Held::default());
        let kept = enter(&mut outer, || {
            let outer_kept = Kept::note(7);
            let inner_kept = enter(&mut inner, || Kept::note(8));
            assert!(has(7) && !has(8), "the inner call is not polled, and may end elsewhere");
            enter(&mut inner, || assert!(has(7) && has(8)));
            (outer_kept, inner_kept)
        });
        enter(&mut inner, || {
            assert!(has(8) && !has(7));
            drop(kept.1);
            assert!(!has(8));
        });
        enter(&mut outer, || {
            assert!(has(7));
            drop(kept.0);
        });
        assert_eq!((outer, inner), (Held::default(), Held::default()));
    }

    #[test]
    fn a_component_is_kept_as_often_as_it_was_noted() {
        let mut held = Held::default();
        enter(&mut held, || {
            let (first, second) = (Kept::note(7), Kept::note(7));
            drop(first);
            assert!(has(7));
            drop(second);
            assert!(!has(7));
        });
    }

    #[test]
    fn more_than_a_chain_can_note_does_no_harm() {
        let mut held = Held::default();
        enter(&mut held, || {
            let kept: Vec<Kept> = (1..=MOST + 2).map(Kept::note).collect();
            assert!(has(MOST) && !has(MOST + 1));
            drop(kept);
            assert!((1..=MOST + 2).all(|component| !has(component)));
        });
        assert_eq!(held, Held::default());
    }

    #[test]
    fn a_call_that_is_dropped_between_its_polls_leaves_nothing() {
        let (mut one, mut other) = (Held::default(), Held::default());
        let kept = enter(&mut one, || Kept::note(7));
        drop(kept);
        enter(&mut other, || assert!(!has(7)));
    }
}
