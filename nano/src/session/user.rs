//! The user that a session is bound to.

use std::sync::atomic::Ordering;

use super::users::{AlreadyOnline, UserTable};
use super::{CloseReason, Session, State, Uid, closed};
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
    /// It is asynchronous because in an app of many nodes the cluster decides whose a user is, if the user may have one
    /// session only; on one node it is done at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyBound`] when it belongs to another user, [`ErrorKind::AlreadyOnline`] when another session
    /// of the user is open and the app refuses a second one, [`ErrorKind::Closed`] when it is closing or closed,
    /// [`ErrorKind::Unavailable`] when the registry of the cluster, which decides, cannot be reached for some seconds.
    ///
    /// # Cancel safety
    ///
    /// The session is bound or it is not; dropping the future leaves nothing half done.
    pub async fn bind(&self, uid: impl Into<Uid>) -> Result<()> {
        let uid = uid.into();
        if let Some(owner) = self.link().owner() {
            if !self.may_bind(&self.state(), &uid)? {
                return Ok(());
            }
            owner.bind(&uid).await?;
            // There it is bound already: whoever else is bound to the user here stays.
            return self.bind_here(uid, UserTable::add_kept);
        }
        #[cfg(feature = "cluster")]
        if let Some(everywhere) = self.decides() {
            return self.bind_claimed(everywhere, uid).await;
        }
        self.bind_here(uid, |users, uid, session| {
            users.add(uid, session, |other| !other.is_closed()).map_err(|AlreadyOnline| {
                Error::new(ErrorKind::AlreadyOnline, format!("user {uid} is online already"))
            })
        })
    }

    /// Returns `false` if it is bound to the user already.
    pub(super) fn may_bind(&self, state: &State, uid: &Uid) -> Result<bool> {
        match &state.uid {
            Some(bound) if bound == uid => Ok(false),
            Some(bound) => {
                let message = format!("the session is bound to user {bound}, not {uid}");
                Err(Error::new(ErrorKind::AlreadyBound, message))
            }
            None if state.ended || self.is_closed() => Err(closed()),
            None => Ok(true),
        }
    }

    /// Binds the session on this node, where `add` says which other sessions it replaces.
    pub(super) fn bind_here(
        &self,
        uid: Uid,
        add: impl FnOnce(&UserTable<Self>, &Uid, &Self) -> Result<Vec<Self>>,
    ) -> Result<()> {
        let mut state = self.state();
        if !self.may_bind(&state, &uid)? {
            return Ok(());
        }
        // With the state locked: a session that ends meanwhile would stay in the table for ever.
        let replaced = add(&self.0.common.users, &uid, self)?;
        state.uid = Some(uid);
        state.changed();
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
