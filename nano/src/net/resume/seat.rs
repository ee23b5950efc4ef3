//! The seat of a session: the place where one connection leaves it, and another takes it.
//!
//! A session is held by a connection, or it is in its seat and waits for one. A connection that wants a session which
//! another holds says so, wakes the holder, and waits until that has left it in the seat. Of several connections the
//! last one gets it.

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};

use super::tokens::Tokens;
use crate::session::link::Link;
use crate::sync::{AtomicBool, Mutex, MutexGuard, Ordering};
use crate::wire::resume::Token;

/// The seat of one session, which is found by its tokens. `L` is the session as it waits.
pub(crate) struct Seat<L> {
    tokens: Arc<Tokens<Self>>,
    /// The way to wake the holder.
    link: Arc<dyn Link>,
    /// A connection waits for the session. Written under the lock.
    is_wanted: AtomicBool,
    state: Mutex<State<L>>,
}

struct State<L> {
    place: Place<L>,
    /// The tokens by which the session is found: that of the client, and the next one until the client has it.
    own: Vec<Token>,
    /// The number of the last claim.
    claims: u64,
    /// The number of times that the session was left in its seat.
    leaves: u64,
    waiting: Option<Waker>,
}

enum Place<L> {
    /// A connection has the session, or the task of a lost session looks at it.
    Held,
    Waiting(Box<L>),
    Ended,
}

/// The wish of a connection to have the session of a seat.
pub(crate) struct Claim<L> {
    seat: Arc<Seat<L>>,
    number: u64,
}

/// The outcome of a claim.
pub(crate) enum Claimed<L> {
    Session(Box<L>),
    /// Another connection came later.
    Superseded,
    /// The session has ended.
    Ended,
}

impl<L> Seat<L> {
    /// Creates the seat of a session that a connection holds.
    pub(crate) fn new(tokens: &Arc<Tokens<Self>>, link: Arc<dyn Link>) -> Arc<Self> {
        let state =
            State { place: Place::Held, own: Vec::new(), claims: 0, leaves: 0, waiting: None };
        Arc::new(Self {
            tokens: tokens.clone(),
            link,
            is_wanted: AtomicBool::new(false),
            state: Mutex::new(state),
        })
    }

    fn state(&self) -> MutexGuard<'_, State<L>> {
        // No code of the application's runs under this lock: it cannot be left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a token for the next return; `None` when the system has no random numbers.
    pub(crate) fn issue(self: &Arc<Self>) -> Option<Token> {
        let token = self.tokens.issue(Arc::downgrade(self))?;
        self.state().own.push(token);
        Some(token)
    }

    /// Gives up all tokens but the last, which the client has.
    pub(crate) fn confirm(&self) {
        let mut own = std::mem::take(&mut self.state().own);
        let last = own.pop();
        own.iter().for_each(|token| self.tokens.remove(token));
        self.state().own.extend(last);
    }

    /// Claims the session that `token` stands for; `None` when there is none.
    pub(crate) fn claim(tokens: &Tokens<Self>, token: &Token) -> Option<Claim<L>> {
        let seat = tokens.get(token)?;
        let mut state = seat.state();
        // The client never had the others, or has another one by now.
        let (kept, given_up) =
            std::mem::take(&mut state.own).into_iter().partition(|own| own == token);
        state.own = kept;
        state.claims += 1;
        let (number, superseded) = (state.claims, state.waiting.take());
        drop(state);
        let given_up: Vec<Token> = given_up;
        given_up.iter().for_each(|token| seat.tokens.remove(token));
        superseded.into_iter().for_each(Waker::wake);
        Some(Claim { seat, number })
    }

    /// Returns `true` if a connection waits for the holder to leave the session.
    #[inline]
    pub(crate) fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Acquire)
    }

    /// Leaves the session in its seat. Returns the number by which the caller can take it again.
    pub(crate) fn leave(&self, session: Box<L>) -> u64 {
        let mut state = self.state();
        state.place = Place::Waiting(session);
        state.leaves += 1;
        let (left, waiting) = (state.leaves, state.waiting.take());
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
        left
    }

    /// Takes the session out of its seat, if it is there since it was [left](Self::leave) with this number.
    pub(crate) fn take(&self, left: u64) -> Option<Box<L>> {
        let mut state = self.state();
        if state.leaves == left { state.take() } else { None }
    }

    /// Ends the seat: nobody comes back any more.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        let ended = std::mem::replace(&mut state.place, Place::Ended);
        let (own, waiting) = (std::mem::take(&mut state.own), state.waiting.take());
        drop(state);
        own.iter().for_each(|token| self.tokens.remove(token));
        waiting.into_iter().for_each(Waker::wake);
        drop(ended);
    }
}

impl<L> State<L> {
    fn take(&mut self) -> Option<Box<L>> {
        match std::mem::replace(&mut self.place, Place::Held) {
            Place::Waiting(session) => Some(session),
            other => {
                self.place = other;
                None
            }
        }
    }
}

impl<L> Drop for Seat<L> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<L> Claim<L> {
    /// Waits for the session.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Claimed<L>> {
        let seat = &self.seat;
        let mut state = seat.state();
        if state.claims != self.number {
            return Poll::Ready(Claimed::Superseded);
        }
        if let Some(session) = state.take() {
            seat.is_wanted.store(false, Ordering::Release);
            drop(state);
            // The task of the lost session would wait for ever: from now on, another one is woken for it.
            seat.link.wake();
            return Poll::Ready(Claimed::Session(session));
        }
        if matches!(state.place, Place::Ended) {
            return Poll::Ready(Claimed::Ended);
        }
        state.waiting = Some(cx.waker().clone());
        let is_first = !seat.is_wanted.swap(true, Ordering::AcqRel);
        drop(state);
        if is_first {
            seat.link.wake();
        }
        Poll::Pending
    }

    pub(crate) fn seat(&self) -> &Arc<Seat<L>> {
        &self.seat
    }
}

impl<L> Drop for Claim<L> {
    fn drop(&mut self) {
        let mut state = self.seat.state();
        if state.claims == self.number {
            state.waiting = None;
            self.seat.is_wanted.store(false, Ordering::Release);
        }
    }
}

impl<L> fmt::Debug for Seat<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("is_wanted", &self.is_wanted).finish_non_exhaustive()
    }
}

#[cfg(all(test, nano_loom))]
mod model;
#[cfg(test)]
mod tests;
