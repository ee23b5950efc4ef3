//! The messages of one session that wait for its task.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::time::Instant;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::frames::{SessionState, unavailable};
use super::received::Received;
use crate::{Error, ErrorKind, Result};

/// The messages of one session that may wait here, and the calls: its gate sends one message after another, but for
/// concurrent ones, and a gate of Go nano sends all that come.
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
    /// The messages and the calls that wait, here and with the task: calls do not wait for messages, and have places of their
    /// own.
    messages: usize,
    calls: usize,
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
        let count = match message {
            ToHandle::Message(_) => &mut self.messages,
            ToHandle::Call(_) => &mut self.calls,
        };
        if *count >= WAITING {
            return Err(unavailable("too many messages of the session wait"));
        }
        *count += 1;
        self.waiting.push_back(message);
        Ok(())
    }

    /// Gives all that waits in place of `taken`, which is empty: its memory is used for what comes next.
    pub(super) fn take(&mut self, taken: &mut VecDeque<ToHandle>) {
        std::mem::swap(&mut self.waiting, taken);
    }

    /// Notes what waits with the task at the end of its turn, beside what has come meanwhile.
    pub(super) fn still_wait(&mut self, messages: usize, calls: usize) {
        let is_message = |message: &&ToHandle| matches!(message, ToHandle::Message(_));
        let come = self.waiting.iter().filter(is_message).count();
        (self.messages, self.calls) = (messages + come, calls + self.waiting.len() - come);
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
