//! The user that a session is bound to.

use std::sync::atomic::Ordering;

use super::users::AlreadyOnline;
use super::{CloseReason, Session, Uid, closed};
use crate::{Error, ErrorKind, Result};

impl Session {
    /// Returns the id of the user that this session is bound to.
    pub fn uid(&self) -> Option<Uid> {
        self.state().uid.clone()
    }

    /// Binds the session to a user. `session_bound` hooks run after the current handler. Binding the
    /// same user again does nothing. There is no way to unbind: a logout is [`Session::close`].
    ///
    /// [`App::duplicate_login`](crate::App::duplicate_login) says what becomes of the user's other sessions; see
    /// [`users`](crate::users).
    ///
    /// It is asynchronous because an app of many nodes looks for the user's other sessions; on one node it is
    /// done at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyBound`] when it belongs to another user, [`ErrorKind::AlreadyOnline`] when another session
    /// of the user is open and the app refuses a second one, [`ErrorKind::Closed`] when it is closing or closed.
    ///
    /// # Cancel safety
    ///
    /// The session is bound or it is not; dropping the future leaves nothing half done.
    pub async fn bind(&self, uid: impl Into<Uid>) -> Result<()> {
        let uid = uid.into();
        let mut state = self.state();
        match &state.uid {
            Some(bound) if *bound == uid => return Ok(()),
            Some(bound) => {
                let message = format!("the session is bound to user {bound}, not {uid}");
                return Err(Error::new(ErrorKind::AlreadyBound, message));
            }
            None if state.ended || self.is_closed() => return Err(closed()),
            None => {}
        }
        // With the state locked: a session that ends meanwhile would stay in the table for ever.
        let replaced = self.0.common.users.add(&uid, self, |other| !other.is_closed()).map_err(
            |AlreadyOnline| {
                Error::new(ErrorKind::AlreadyOnline, format!("user {uid} is online already"))
            },
        )?;
        state.uid = Some(uid);
        self.0.bound.store(true, Ordering::Release);
        drop(state);
        for session in replaced {
            session.0.link.close(CloseReason::Replaced);
        }
        self.0.link.wake();
        Ok(())
    }

    /// Returns `true` if the session is bound to a user.
    pub(crate) fn has_user(&self) -> bool {
        self.state().uid.is_some()
    }

    /// Returns `true` if a user was bound since the last [`take_bound`](Session::take_bound).
    pub(crate) fn is_bound_anew(&self) -> bool {
        self.0.bound.load(Ordering::Relaxed)
    }

    /// Returns `true` if a user was bound since the last call.
    pub(crate) fn take_bound(&self) -> bool {
        self.is_bound_anew() && self.0.bound.swap(false, Ordering::Acquire)
    }
}
