//! Clients that come back to their sessions, and sessions that lose their connection.

use std::mem;
use std::task::{Context, Poll};

use serde_json::Value;

use super::seating::{Claiming, Seated, Seating};
use super::{Application, CloseReason, Opening, Pump, Reading, Sending, Transport};
use crate::log::limited;
use crate::net::close_code::Fault;
use crate::net::resume::{Claimed, Lost as LostSession, Parked, Seat};
use crate::session::link::Link;
use crate::wire::dialect::Family;
use crate::wire::handshake::Hello;
use crate::wire::resume::{Answer, Lost, Return};
use crate::wire::ring::Ring;

impl<T: Transport> Pump<T> {
    /// Begins to wait for the session that the client comes back to; returns `false` when there is no such session.
    pub(super) fn claim(&mut self, hello: &mut Hello) -> bool {
        let Return::Now { token, received } = hello.resume else { return false };
        if self.net.settings.resume.is_none() {
            return false;
        }
        let claim = token.and_then(|token| Seat::claim(&self.net.tokens, &token));
        let Some(claim) = claim else {
            hello.resume = Return::Refused(Lost::Unknown);
            return false;
        };
        let claiming = Claiming { claim, hello: hello.clone(), received };
        self.seating = Seating::Claiming(Box::new(claiming));
        true
    }

    /// Gives the session a seat, if the client may come back.
    pub(super) fn take_seat(&mut self, hello: &Hello) -> Option<Answer> {
        let lost = match hello.resume {
            Return::Refused(reason) => Some(reason),
            _ => None,
        };
        if let Some(reason) = lost {
            let (log, peer) = (self.net.runtime.log(), self.session().remote_addr());
            limited!(log, ResumeRefused, %reason, ?peer);
        }
        let limits = self.net.settings.resume.filter(|_| hello.resume != Return::Never)?;
        let seat = Seat::new(&self.net.tokens, self.link.clone());
        let token = seat.issue()?;
        let sent = Ring::new(limits.messages, limits.bytes);
        self.link.be_present();
        self.seating = Seating::Seated(Box::new(Seated {
            seat,
            sent,
            received: 0,
            is_back: false,
            is_lost: false,
        }));
        Some(Answer { token, window: limits.window.as_secs(), received: None, lost })
    }

    /// Does what the seat asks for. True when anything happened.
    pub(super) fn poll_seat(&mut self, cx: &mut Context<'_>) -> bool {
        match &self.seating {
            Seating::None => false,
            Seating::Claiming(claiming) => match claiming.claim.poll(cx) {
                Poll::Pending => false,
                Poll::Ready(claimed) => {
                    self.claimed(cx, claimed);
                    true
                }
            },
            Seating::Seated(seated) if !self.application.is_serving() => {
                seated.end();
                self.seating = Seating::None;
                true
            }
            Seating::Seated(seated) => {
                let is_wanted = seated.seat.is_wanted();
                if !seated.is_lost && !is_wanted && !self.link.is_silent() {
                    return false;
                }
                self.park(is_wanted);
                true
            }
        }
    }

    fn claimed(&mut self, cx: &mut Context<'_>, claimed: Claimed<LostSession>) {
        let Seating::Claiming(claiming) = mem::replace(&mut self.seating, Seating::None) else {
            return;
        };
        // The connection may have ended meanwhile.
        if self.application != Application::Serving {
            if let (Claimed::Session(lost), Some(limits)) = (claimed, self.net.settings.resume) {
                self.wait(Parked::new(claiming.claim.seat().clone(), lost, limits));
            }
            return;
        }
        match claimed {
            Claimed::Session(lost) => self.come_back(cx, *claiming, lost),
            Claimed::Superseded => self.close(CloseReason::Kicked(RESUMED.into())),
            Claimed::Ended => self.begin_anew(cx, claiming.hello, Lost::Unknown),
        }
    }

    /// Takes over the session of a client that is back.
    fn come_back(&mut self, cx: &mut Context<'_>, claiming: Claiming, lost: Box<LostSession>) {
        let Claiming { claim, hello, received } = claiming;
        let (wire, Some(limits)) = (lost.link.wire().clone(), self.net.settings.resume) else {
            return;
        };
        let (seat, token) = (claim.seat().clone(), claim.seat().issue());
        let window = limits.window.as_secs();
        let answer = |token| {
            let answer = Answer { token, window, received: Some(lost.received), lost: None };
            hello.accept(&wire, &Value::Null, Some(&answer)).ok()
        };
        let accepted = match token.and_then(answer) {
            None => Err(Lost::Unknown),
            Some(_) if wire.dialect(hello.dialect) != lost.link.dialect() => Err(Lost::Features),
            Some(_) if !lost.sent.covers(received) => Err(Lost::Overrun),
            Some(accepted) => Ok(accepted),
        };
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(reason) => {
                self.wait(Parked::end(seat, lost, limits));
                return self.begin_anew(cx, hello, reason);
            }
        };
        let peer = self.session().remote_addr();
        let LostSession { link, dispatch, mut admitted, mut sent, received: taken_in, .. } = *lost;
        // The connection's own session, which never opened, ends here.
        self.dispatch.stand_in();
        self.link = link;
        self.dispatch = dispatch;
        admitted.moved(peer);
        self.admitted = admitted;
        self.session().moved(peer);
        self.link.be_present();
        tracing::debug!(session = %self.session().id(), ?peer, "a session is resumed");
        self.batch.append(&accepted);
        sent.release(received);
        sent.replay(|packets| {
            self.batch.append(packets);
        });
        let seated = Seated { seat, sent, received: taken_in, is_back: true, is_lost: false };
        self.seating = Seating::Seated(Box::new(seated));
        self.await_ack();
    }

    /// Welcomes a client that is not back in its session.
    fn begin_anew(&mut self, cx: &mut Context<'_>, mut hello: Hello, reason: Lost) {
        let Opening::Handshake { until } = self.opening else { return };
        hello.resume = Return::Refused(reason);
        self.welcome(cx, hello, until);
    }

    fn await_ack(&mut self) {
        if let Opening::Handshake { until } = self.opening {
            self.opening = Opening::Ack { until };
        }
    }

    /// Notes that the handshake is complete.
    pub(super) fn opened(&mut self, cx: &mut Context<'_>) {
        self.opening = Opening::Complete;
        self.admitted.opened();
        self.deadline.clear();
        self.link.start_heartbeat(self.net.settings.heartbeat);
        #[cfg(feature = "webtransport")]
        if let Some(session) = self.transport.session() {
            let sent = self.connected.as_ref().map(|connected| connected.sent_counter());
            self.link.use_datagrams(session, sent);
        }
        self.dispatch.open(cx);
        if let Seating::Seated(seated) = &self.seating
            && seated.is_back
        {
            seated.seat.confirm();
            self.dispatch.resume(cx);
        }
    }

    /// Returns `true` while the connection waits for the session of its client.
    pub(super) fn is_claiming(&self) -> bool {
        matches!(self.seating, Seating::Claiming(_))
    }

    /// Returns the seat of a session that waits for its client when the connection is lost.
    pub(super) fn resumable(&mut self) -> Option<&mut Seated> {
        let is_open = self.application == Application::Serving && !self.link.is_closing();
        let is_complete = self.opening == Opening::Complete;
        match &mut self.seating {
            Seating::Seated(seated) if is_open && (is_complete || seated.is_back) => {
                // A client that says goodbye does not come back.
                (!self.transport.has_left()).then_some(seated)
            }
            _ => None,
        }
    }

    /// Ends the connection, and the session with it unless its client may come back.
    pub(super) fn lose_or_close(&mut self, reason: CloseReason) {
        match self.resumable() {
            Some(seated) => seated.is_lost = true,
            None => self.close(reason),
        }
    }

    /// Breaks the connection off if the client may come back; returns `false` if not.
    pub(super) fn lose(&mut self) -> bool {
        let is_resumable = self.resumable().is_some();
        if is_resumable {
            // What has come is still handled. What was to be written is kept.
            self.batch.clear();
            self.reading = Reading::Ended;
            self.sending = Sending::Done;
        }
        is_resumable
    }

    /// Leaves the session to another connection, which may be there already.
    fn park(&mut self, is_wanted: bool) {
        let peer = self.session().remote_addr();
        let Some((link, mut dispatch)) = Self::session_of(&self.net, peer) else {
            // The app is shutting down.
            self.close(CloseReason::Disconnected);
            return;
        };
        let Seating::Seated(seated) = mem::replace(&mut self.seating, Seating::None) else {
            return;
        };
        let Some(limits) = self.net.settings.resume else { return };
        dispatch.stand_in();
        link.set_dialect(self.link.dialect());
        let admitted = self.admitted.again();
        tracing::debug!(session = %self.session().id(), is_wanted, "a connection is lost");
        let Seated { seat, sent, received, .. } = *seated;
        let lost = LostSession::new(
            mem::replace(&mut self.link, link),
            mem::replace(&mut self.dispatch, dispatch),
            mem::replace(&mut self.admitted, admitted),
            sent,
            received,
            &limits,
        );
        self.wait(Parked::new(seat, Box::new(lost), limits));
        // What the client sent and was not taken in, it sends again.
        self.inbound.clear();
        if is_wanted && self.reading == Reading::Open {
            self.close(CloseReason::Kicked(RESUMED.into()));
        } else {
            self.break_off(CloseReason::Disconnected);
        }
    }

    /// Lets a session wait for its client in a task of its own.
    fn wait(&self, parked: Parked) {
        self.net.runtime.tasks.spawn(parked);
    }

    /// Keeps the packets that were added to the batch after its first `len` bytes.
    #[inline]
    pub(super) fn keep(&mut self, len: usize) {
        if let Seating::Seated(seated) = &mut self.seating {
            self.batch.read_from(len, |packets| seated.sent.record(packets));
        }
    }

    /// Counts a data packet that is taken in.
    #[inline]
    pub(super) fn take_in(&mut self) {
        if let Seating::Seated(seated) = &mut self.seating {
            seated.received += 1;
        }
    }

    /// Takes a client's heartbeat, whose body may have the number of data packets that the client took in.
    pub(super) fn heartbeat(&mut self, body: &[u8]) -> Result<(), Fault> {
        let Seating::Seated(seated) = &mut self.seating else { return Ok(()) };
        let Ok(received) = body.try_into().map(u64::from_be_bytes) else { return Ok(()) };
        if received > seated.sent.sent() {
            return Err(Fault::protocol("a heartbeat confirms messages that were not sent"));
        }
        seated.sent.release(received);
        Ok(())
    }

    /// Takes a client's goodbye; returns `false` if it is none.
    pub(super) fn goodbye(&mut self) -> bool {
        // A client that nobody would wait for says it where its transport does not.
        let is_known = self.link.dialect().family == Family::Native;
        if is_known {
            self.close(CloseReason::Disconnected);
        }
        is_known
    }
}

/// The reason for the end of a connection whose session another one has.
const RESUMED: &str = "resumed";
