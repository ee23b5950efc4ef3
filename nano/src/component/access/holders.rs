//! The calls that have a component, for the log.

use std::sync::PoisonError;

use crate::sync::{Mutex, MutexGuard};

/// The calls that have a component, by their labels.
#[derive(Debug, Default)]
pub(super) struct Holders(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The numbers of futures with a shared borrow. They may keep it for long, while others come and go.
    sharing: Vec<(&'static str, usize)>,
    /// The last of all others.
    last: Option<&'static str>,
}

impl Holders {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call that has the component alone, or does not keep it across an await.
    pub(super) fn note(&self, label: &'static str) {
        self.state().last = Some(label);
    }

    /// Notes a future with a shared borrow, until the result is dropped.
    pub(super) fn share(&self, label: &'static str) -> Sharing<'_> {
        let mut state = self.state();
        match state.sharing.iter_mut().find(|(other, _)| *other == label) {
            Some((_, count)) => *count += 1,
            None => state.sharing.push((label, 1)),
        }
        Sharing { holders: self, label }
    }

    /// Returns the labels of the calls that have the component, or the label of the one that had it last.
    pub(super) fn names(&self) -> Option<String> {
        let state = self.state();
        let sharing = state.sharing.iter().filter(|(_, count)| *count > 0);
        let names: Vec<&str> = sharing.map(|(label, _)| *label).collect();
        if names.is_empty() { state.last.map(str::to_owned) } else { Some(names.join(", ")) }
    }
}

/// A future with a shared borrow.
#[derive(Debug)]
pub(super) struct Sharing<'a> {
    holders: &'a Holders,
    label: &'static str,
}

impl Drop for Sharing<'_> {
    fn drop(&mut self) {
        let mut state = self.holders.state();
        if let Some((_, count)) = state.sharing.iter_mut().find(|(label, _)| *label == self.label) {
            *count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_borrow_is_named_whoever_came_and_went_since() {
        let holders = Holders::default();
        let check = |expected: Option<&str>| assert_eq!(holders.names().as_deref(), expected);
        check(None);
        holders.note("a.alone");
        check(Some("a.alone"));
        let long = holders.share("a.long");
        drop(holders.share("a.short"));
        holders.note("a.plain");
        check(Some("a.long"));
        let (second, short) = (holders.share("a.long"), holders.share("a.short"));
        check(Some("a.long, a.short"));
        drop((long, short));
        check(Some("a.long"));
        drop(second);
        check(Some("a.plain"));
    }
}
