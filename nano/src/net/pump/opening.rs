//! The handshake of a client: accepted, refused, or left to the application's hook.

use std::task::Context;

use serde_json::Value;
use tokio::time::Instant;

use super::{Opening, Pump, Transport};
#[cfg(feature = "tls")]
use crate::PeerCertificate;
use crate::TraceParent;
use crate::error::Told;
use crate::log::limited;
use crate::session::CloseReason;
use crate::session::link::Link;
use crate::wire::client_version;
use crate::wire::handshake::Hello;
use crate::{Error, Result};

impl<T: Transport> Pump<T> {
    /// Notes the trace that the connection belongs to, if it is known before the handshake.
    pub(in crate::net) fn traced(self, trace: Option<TraceParent>) -> Self {
        if let Some(trace) = trace {
            self.dispatch.traced(trace);
        }
        self
    }

    /// Keeps the client's certificate with the session, if it has shown one.
    #[cfg(feature = "tls")]
    pub(in crate::net) fn certified(self, certificate: Option<PeerCertificate>) -> Self {
        if let Some(certificate) = certificate {
            self.session().insert(certificate);
        }
        self
    }

    /// Handles the client's handshake, whose ack has to come before `until`.
    pub(super) fn handshake(&mut self, cx: &mut Context<'_>, body: &[u8], until: Instant) {
        let mut hello = match Hello::parse(body) {
            Ok(hello) => hello,
            Err(unreadable) => {
                let detail = &unreadable.detail;
                tracing::debug!(session = %self.session().id(), detail, "a handshake was refused");
                self.link.handshake(&unreadable.refuse());
                return self.close(CloseReason::HandshakeRefused);
            }
        };
        if let Some(trace) = hello.trace() {
            self.dispatch.traced(trace);
        }
        if !self.claim(&mut hello) {
            self.welcome(cx, hello, until);
        }
    }

    /// Answers the handshake of a client that begins a session, or lets the application decide on it.
    pub(super) fn welcome(&mut self, cx: &mut Context<'_>, mut hello: Hello, until: Instant) {
        let wire = self.link.wire().clone();
        self.link.set_dialect(wire.dialect(hello.dialect));
        if let Some(reason) = self.admitted.refusal() {
            return self.turn_away(&hello, reason);
        }
        let min = wire.min_client_version.as_ref();
        if let Err(error) = min.map_or(Ok(()), |min| client_version::check(&hello.sys, min)) {
            return self.answer_handshake(&hello, until, Err(error));
        }
        if !self.dispatch.has_handshake_hook() {
            return self.answer_handshake(&hello, until, Ok(Value::Null));
        }
        self.opening = Opening::Deciding { until };
        self.dispatch.handshake(cx, &mut hello);
        self.hello = Some(Box::new(hello));
        self.decide_handshake();
    }

    /// Tells a client that there is no place for it.
    fn turn_away(&mut self, hello: &Hello, reason: CloseReason) {
        let text = match reason.is_end_of_app() {
            true => "the server is shutting down",
            false => "the server is full",
        };
        if let Some(refusal) = hello.turn_away(text) {
            self.link.handshake(&refusal);
        }
        self.close(reason);
    }

    /// Answers the handshake, if the application's hook has ended. Returns `true` if it has.
    pub(super) fn decide_handshake(&mut self) -> bool {
        let Opening::Deciding { until } = self.opening else { return false };
        let Some(decision) = self.dispatch.take_decision() else { return false };
        // The hook may have closed its session.
        if let Some(hello) = self.hello.take()
            && !self.link.is_closing()
        {
            self.answer_handshake(&hello, until, decision);
        }
        true
    }

    /// Refuses a client whose handshake the application's hook has not decided in time. Returns `false` if there is
    /// none.
    pub(super) fn cut_handshake(&mut self) -> bool {
        self.dispatch.cut_handshake();
        self.decide_handshake()
    }

    fn answer_handshake(&mut self, hello: &Hello, until: Instant, decision: Result<Value>) {
        let accepted = decision.and_then(|user| {
            let resume = self.take_seat(hello);
            let accepted = hello.accept(self.link.wire(), &user, resume.as_ref());
            accepted.inspect_err(|error| self.session().log_failure("(handshake)", error))
        });
        match accepted {
            Ok(accepted) => {
                self.link.handshake(&accepted);
                self.opening = Opening::Ack { until };
            }
            Err(error) => self.refuse_handshake(hello, &error),
        }
    }

    fn refuse_handshake(&mut self, hello: &Hello, error: &Error) {
        let (session, told) = (self.session().id(), Told::of(error));
        limited!(self.net.runtime.log(), HandshakeRefused, %session, code = told.code, error = %error.report());
        self.link.handshake(&hello.refuse(told));
        self.close(CloseReason::HandshakeRefused);
    }
}
