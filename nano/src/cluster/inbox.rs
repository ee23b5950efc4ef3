//! The messages of one session that wait for its task.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::time::Instant;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::frames::{SessionState, unavailable};
use super::received::Received;
use crate::{Error, ErrorKind, Result};

/// The messages of one session that may wait here: its gate sends one after another, but for concurrent ones.
pub(super) const WAITING: usize = 128;

/// A message from a gate.
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) is_notify: bool,
    /// A name, if it is text.
    pub(super) route: Bytes,
    pub(super) body: Bytes,
    /// The time at which nobody waits for it any more.
    pub(super) until: Instant,
    /// The state of the session, if it has changed.
    pub(super) state: Option<Box<SessionState>>,
    /// Dropped when it has been handled.
    pub(super) token: TaskTrackerToken,
}

/// A message, or the call of a component.
pub(super) enum ToHandle {
    Message(Message),
    Call(Box<Received>),
}

/// What waits for the task of a session, in the order in which it came.
#[derive(Default)]
pub(super) struct Inbox {
    waiting: VecDeque<ToHandle>,
    /// The task has ended.
    is_closed: bool,
}

impl Inbox {
    /// Adds what is to be handled.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the task has ended, [`ErrorKind::Unavailable`] when too much waits for it.
    pub(super) fn put(&mut self, message: ToHandle) -> Result<()> {
        if self.is_closed {
            return Err(Error::new(ErrorKind::Closed, "the session has ended"));
        }
        if self.waiting.len() >= WAITING {
            return Err(unavailable("too many messages of the session wait"));
        }
        self.waiting.push_back(message);
        Ok(())
    }

    /// Gives all that waits in place of `taken`, which is empty: its memory is used for what comes next.
    pub(super) fn take(&mut self, taken: &mut VecDeque<ToHandle>) {
        std::mem::swap(&mut self.waiting, taken);
    }

    /// Takes nothing more. What waits is returned, to be dropped.
    pub(super) fn close(&mut self) -> VecDeque<ToHandle> {
        self.is_closed = true;
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }
}
