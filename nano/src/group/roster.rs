//! The members of one group.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, Weak};

use crate::session::{Membership, Session, SessionId};
use crate::sync::{Mutex, MutexGuard};
use crate::wire::Wire;
use crate::{Error, ErrorKind, Result};

/// The members of one group, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Roster(Mutex<State>);

#[derive(Default)]
struct State {
    /// The members, and `None` for each that has left. The list is compacted when half of its places are empty,
    /// so that the cost of leaving does not grow with the number of members.
    places: Vec<Option<Session>>,
    place_of: HashMap<SessionId, usize>,
    /// The members without the empty places, listed at the first use after a change. Broadcasts share the list,
    /// so that none of them delays a join.
    listed: Option<Arc<[Session]>>,
    /// The wire of the app that all members belong to.
    wire: Option<Arc<Wire>>,
    closed: bool,
}

impl Roster {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a session, unless it is closing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the session is closing or the group is closed, [`ErrorKind::Config`] when
    /// the members belong to another app.
    pub(crate) fn join(self: &Arc<Self>, session: &Session) -> Result<()> {
        session.join_group(self.membership(), || self.insert(session))
    }

    /// Removes a session, if it is a member.
    pub(crate) fn leave(self: &Arc<Self>, session: &Session) {
        session.leave_group(&self.membership(), || self.remove(session.id()));
    }

    fn membership(self: &Arc<Self>) -> Weak<dyn Membership> {
        Arc::downgrade(self) as Weak<dyn Membership>
    }

    /// Inserts a session; returns `false` when it was a member already.
    fn insert(&self, session: &Session) -> Result<bool> {
        let mut state = self.state();
        if state.closed {
            return Err(closed());
        }
        // One broadcast is written with one app's serializer and dictionary.
        if state.place_of.is_empty() {
            state.wire = Some(session.wire().clone());
        } else if !state.wire.as_ref().is_some_and(|wire| Arc::ptr_eq(wire, session.wire())) {
            let message = "the session belongs to another app than the group's members";
            return Err(Error::new(ErrorKind::Config, message));
        }
        if state.place_of.contains_key(&session.id()) {
            return Ok(false);
        }
        let place = state.places.len();
        state.place_of.insert(session.id(), place);
        state.places.push(Some(session.clone()));
        state.listed = None;
        Ok(true)
    }

    pub(crate) fn contains(&self, id: SessionId) -> bool {
        self.state().place_of.contains_key(&id)
    }

    /// Returns the number of members that are not closing.
    pub(crate) fn open_len(&self) -> usize {
        self.state().open().count()
    }

    /// Returns `true` if all members are closing, or there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.state().open().next().is_none()
    }

    /// Returns all members, those that are closing included.
    pub(crate) fn members(&self) -> Arc<[Session]> {
        self.state().members()
    }

    /// Returns the members of a group that is not closed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the group is closed.
    pub(crate) fn open_members(&self) -> Result<Arc<[Session]>> {
        let mut state = self.state();
        if state.closed { Err(closed()) } else { Ok(state.members()) }
    }

    /// Removes all members, and accepts no more.
    pub(crate) fn close(self: &Arc<Self>) {
        let mut state = self.state();
        let members = state.members();
        *state = State { closed: true, ..State::default() };
        drop(state);
        let membership = self.membership();
        members.iter().for_each(|session| session.part_group(&membership));
    }
}

impl Membership for Roster {
    fn remove(&self, id: SessionId) -> bool {
        let mut state = self.state();
        let Some(place) = state.place_of.remove(&id) else { return false };
        // Dropped when the lock is released: it may be the last of its session.
        let _left = state.places[place].take();
        let _listed = state.listed.take();
        if state.place_of.len() * 2 < state.places.len() {
            state.close_holes();
        }
        drop(state);
        true
    }
}

impl State {
    fn members(&mut self) -> Arc<[Session]> {
        let places = &self.places;
        self.listed.get_or_insert_with(|| places.iter().flatten().cloned().collect()).clone()
    }

    /// The members that are not closing. No list is made for them: a group may be counted after every join.
    fn open(&self) -> impl Iterator<Item = &Session> {
        self.places.iter().flatten().filter(|session| !session.is_closed())
    }

    fn close_holes(&mut self) {
        self.places.retain(Option::is_some);
        self.places.shrink_to(self.places.len() * 2);
        self.place_of.shrink_to(self.places.len() * 2);
        for (place, session) in self.places.iter().flatten().enumerate() {
            self.place_of.insert(session.id(), place);
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the group is closed")
}

#[cfg(all(test, nano_loom))]
mod model;
#[cfg(test)]
mod tests;
