//! How long a connection waits, and what it does then.

use std::task::Context;
use std::time::Duration;

use tokio::time::Instant;

use super::{Connection, Finish, LINGER, Phase, Transport};
use crate::component::DropReason;
use crate::session::CloseReason;

/// How long a session that is being closed waits for its handlers before the client is told.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

impl<T: Transport> Connection<T> {
    /// The next moment at which waiting ends.
    fn next_deadline(&self) -> Option<Instant> {
        let config = &self.core.config;
        let handshake = (self.phase != Phase::Working && self.closing.is_none())
            .then_some(self.handshake_deadline);
        let handler =
            self.running.as_ref().and_then(|running| running.deadline(config.handler_timeout));
        let write = self.write_stalled.map(|since| since + config.write_timeout);
        let close = self.close_deadline();
        let last_words = self.last_words_deadline();
        let linger = match self.finish {
            Finish::Lingering(until) => Some(until),
            _ => None,
        };
        [handshake, handler, write, close, last_words, linger].into_iter().flatten().min()
    }

    /// When the wait for the handlers of a closing session, or for its last bytes, ends.
    fn close_deadline(&self) -> Option<Instant> {
        let since = self.closing.filter(|_| self.finish == Finish::Open)?;
        match self.sealed {
            Some(sealed) => Some(sealed + self.core.config.write_timeout),
            // The app says itself when it waits no longer.
            None if self.session.close_reason() == Some(CloseReason::Shutdown) => None,
            None => Some(since + CLOSE_GRACE),
        }
    }

    /// How long what an abandoned peer said before it went is waited for.
    fn last_words_deadline(&self) -> Option<Instant> {
        let since = self.closing.filter(|_| self.abandoned && !self.read_ended)?;
        Some(since + LINGER)
    }

    /// True when a deadline had passed and was acted on.
    pub(super) fn poll_deadlines(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.next_deadline() else {
            self.deadline.clear();
            return false;
        };
        if self.deadline.poll_at(cx, at).is_pending() {
            return false;
        }
        self.on_deadline(Instant::now());
        true
    }

    fn on_deadline(&mut self, now: Instant) {
        let config = &self.core.config;
        let (handler_timeout, write_timeout) = (config.handler_timeout, config.write_timeout);
        if self.phase != Phase::Working && self.closing.is_none() && self.handshake_deadline <= now
        {
            self.close(CloseReason::HandshakeTimeout);
        }
        let deadline = self.running.as_ref().and_then(|running| running.deadline(handler_timeout));
        if deadline.is_some_and(|at| at <= now) {
            self.drop_running(DropReason::Timeout);
        }
        if self.write_stalled.is_some_and(|since| since + write_timeout <= now) {
            self.break_off(CloseReason::SlowConsumer);
        }
        if self.close_deadline().is_some_and(|until| until <= now) {
            match self.sealed {
                Some(_) => self.break_off(CloseReason::Disconnected),
                None => self.session.outbound().seal(),
            }
        }
        if self.last_words_deadline().is_some_and(|until| until <= now) {
            self.read_ended = true;
        }
        if matches!(self.finish, Finish::Lingering(until) if until <= now) {
            self.finish = Finish::Done;
        }
    }
}
