//! The deadlines of a connection, and the actions when they pass.

use std::task::Context;
use std::time::Duration;

use tokio::time::Instant;

use super::{Application, LINGER, Opening, Pump, Reading, Sending, Transport};
use crate::log::limited;
use crate::session::CloseReason;
use crate::session::link::Link;

/// The time for which a session that is being closed waits for its handlers before the client is told.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

impl<T: Transport> Pump<T> {
    /// The next moment at which waiting ends.
    fn next_deadline(&self) -> Option<Instant> {
        let is_untimed = self.opening == Opening::Complete
            && self.application == Application::Serving
            && self.sending == Sending::Flowing
            && self.rate.waits_until().is_none();
        if is_untimed {
            return self.dispatch.deadline();
        }
        let deadlines = [
            self.opening_deadline(),
            self.dispatch.deadline(),
            self.application_deadline(),
            self.sending_deadline(),
            self.rate_deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn opening_deadline(&self) -> Option<Instant> {
        match self.opening {
            Opening::Handshake { until } | Opening::Deciding { until } | Opening::Ack { until } => {
                (self.application == Application::Serving).then_some(until)
            }
            Opening::Complete => None,
        }
    }

    /// When the wait for the handlers of a closing session ends, or for what an abandoned peer said
    /// before it went.
    fn application_deadline(&self) -> Option<Instant> {
        match self.application {
            Application::LastWords { since } if self.reading == Reading::Open => {
                Some(since + LINGER)
            }
            Application::Closing { since }
                if matches!(self.sending, Sending::Flowing | Sending::Stalled { .. }) =>
            {
                // At shutdown the app says itself when it waits no longer.
                let reason = self.link.close_reason();
                let is_end_of_app = reason.is_some_and(|reason| reason.is_end_of_app());
                (!is_end_of_app).then(|| since + CLOSE_GRACE)
            }
            _ => None,
        }
    }

    fn sending_deadline(&self) -> Option<Instant> {
        match self.sending {
            Sending::Flowing | Sending::Done => None,
            Sending::Stalled { since }
            | Sending::Last { since }
            | Sending::LastStalled { since } => Some(since + self.net.settings.write_timeout),
            Sending::Lingering { until } => Some(until),
        }
    }

    /// When a client that has sent too fast is read again.
    fn rate_deadline(&self) -> Option<Instant> {
        self.rate.waits_until().filter(|_| self.application.is_serving())
    }

    /// True when a deadline had passed and was acted on.
    pub(super) fn poll_deadlines(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.next_deadline() else {
            self.deadline.rest();
            return false;
        };
        if self.deadline.poll_at(cx, at).is_pending() {
            return false;
        }
        self.on_deadline(cx, Instant::now());
        true
    }

    fn on_deadline(&mut self, cx: &mut Context<'_>, now: Instant) {
        let has_passed = |deadline: Option<Instant>| deadline.is_some_and(|at| at <= now);
        if has_passed(self.opening_deadline()) && !self.cut_handshake() {
            self.lose_or_close(self.admitted.refusal().unwrap_or(CloseReason::HandshakeTimeout));
        }
        self.dispatch.expire(cx, now);
        if has_passed(self.application_deadline()) {
            match self.application {
                Application::LastWords { .. } => self.reading = Reading::Ended,
                _ => self.link.seal(T::SHOWS_END),
            }
        }
        if has_passed(self.rate_deadline()) {
            self.rate.fill(now, &self.net.settings.rates);
        }
        if has_passed(self.sending_deadline()) {
            match self.sending {
                Sending::Stalled { .. } => {
                    // A client that cannot be reached reads nothing, too.
                    if !self.lose() {
                        let (session, peer) = (self.session().id(), self.session().remote_addr());
                        let timeout = self.net.settings.write_timeout;
                        limited!(self.net.runtime.log(), WriteLate, %session, ?peer, ?timeout);
                        self.break_off(CloseReason::SlowConsumer);
                    }
                }
                Sending::Lingering { .. } => self.sending = Sending::Done,
                _ => self.break_off(CloseReason::Disconnected),
            }
        }
    }
}
