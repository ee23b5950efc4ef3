//! The dispatch of one session's messages, from wherever they come: order, hooks and deadlines.
//!
//! A [`Dispatch`] runs the application's code for one session, one call after another. It knows neither
//! sockets nor packets: a connection feeds it, a test does, and a link to another node can.

mod calling;
mod calls;
mod concurrent;
#[cfg(feature = "cluster")]
mod elsewhere;
mod ending;
mod events;
mod find;
mod found;
mod from_gate;
mod handshake;
mod hooks;
mod pipeline;
mod policy;
mod presence;
mod running;
mod runtime;
mod span;
mod stage;
#[cfg(feature = "cluster")]
mod there;

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::span::EnteredSpan;

use crate::codec::MessageError;
use crate::codec::message::{self, RawRoute};
use crate::component::task::{BoxedTask, Started, Task, TaskInfo, TaskKind};
use crate::component::{DropReason, Incoming, SessionEvent};
use crate::error::shown;
use crate::metrics::Outcome;
use crate::session::Session;
use crate::{Error, ErrorKind, Result, TraceParent};

pub(crate) use calling::Calling;
use concurrent::{CONCURRENT, ConcurrentCalls};
#[cfg(feature = "cluster")]
pub(crate) use elsewhere::{Answered, Elsewhere, Placed};
use found::{Found, Here};
pub(crate) use from_gate::FromGate;
pub(crate) use hooks::SessionHooks;
use policy::Checks;
use running::{Life, Presence, Running};
pub(crate) use runtime::{Limits, Runtime};
use span::SessionSpan;
pub use stage::InboundMessage;
pub(crate) use stage::InboundStage;

/// One message of a client, on its way to a handler.
#[derive(Debug)]
pub(crate) struct Inbound<'a> {
    pub(crate) route: RawRoute<'a>,
    /// The id to answer; `None` for a notify.
    pub(crate) request: Option<NonZeroU64>,
    /// The body as the serializer expects it, or the error of decoding it so far.
    pub(crate) body: Result<Cow<'a, [u8]>>,
}

/// A message that no client may send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    /// Its bytes are no message.
    Malformed(MessageError),
    /// It breaks the rules for messages, as the text says.
    Forbidden(String),
}

/// The calls of the application for one session.
pub(crate) struct Dispatch {
    runtime: Arc<Runtime>,
    session: Session,
    running: Running,
    concurrent: ConcurrentCalls,
    checks: Checks,
    life: Life,
    span: SessionSpan,
    presence: Presence,
    /// The app waits no longer for what runs.
    is_aborted: bool,
    /// The session serves only a connection whose client has another session: its end is not counted.
    is_stand_in: bool,
}

impl Dispatch {
    /// Adds a session to the app's table; `None` when the app is shutting down.
    pub(crate) fn new(runtime: Arc<Runtime>, session: Session) -> Option<Self> {
        if !runtime.sessions.insert(&session) {
            return None;
        }
        let span = SessionSpan::new(&session);
        let (running, life) = (Running::Nothing, Life::Unopened);
        Some(Self {
            runtime,
            session,
            running,
            concurrent: ConcurrentCalls::default(),
            checks: Checks::default(),
            life,
            span,
            presence: Presence::default(),
            is_aborted: false,
            is_stand_in: false,
        })
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Notes the trace that the session belongs to. The first one stays.
    pub(crate) fn traced(&self, trace: TraceParent) {
        if self.session.set_trace_parent(trace) {
            self.span.traced(trace);
        }
    }

    /// Enters the session's span, in which its calls run, until the result is dropped; `None` where nobody asks for it.
    #[inline]
    pub(crate) fn enter_span(&self) -> Option<EnteredSpan> {
        self.span.enter()
    }

    /// Opens the session, whose client is known now: its `session_opened` hooks run.
    pub(crate) fn open(&mut self, cx: &mut Context<'_>) {
        if self.life == Life::Unopened {
            self.life = Life::Open;
            self.session.note_open();
            let (session, peer) = (self.session.id(), self.session.remote_addr());
            tracing::debug!(%session, ?peer, "a session opened");
            self.start_hooks(cx, SessionEvent::Opened, 0);
        }
    }

    /// Returns `true` if the session's next message may be handled.
    #[inline]
    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.running, Running::Nothing) && self.concurrent.running() < CONCURRENT
    }

    /// Returns `true` if no call of the application runs for this session.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.running, Running::Nothing) && self.concurrent.running() == 0
    }

    /// Hands a message to its handler. It must be [ready](Dispatch::is_ready).
    ///
    /// # Errors
    ///
    /// Fails when the message breaks the protocol.
    pub(crate) fn message(
        &mut self,
        cx: &mut Context<'_>,
        message: Inbound<'_>,
    ) -> Result<(), Violation> {
        let Inbound { route, request, body } = message;
        let index = match self.find(route)? {
            Ok(index) => index,
            Err(name) => return self.not_here(cx, name, request, body),
        };
        #[cfg(feature = "cluster")]
        if let Some(handler) = self.of_room_elsewhere(index) {
            return self.handle_elsewhere(cx, handler, request, body);
        }
        self.handle(cx, &Here(index), request, body)
    }

    /// Hands a message whose handler is not on this node to one on another, if there is any.
    #[inline(never)]
    #[cfg_attr(not(feature = "cluster"), expect(unused_variables, reason = "there is one node"))]
    fn not_here(
        &mut self,
        cx: &mut Context<'_>,
        route: &[u8],
        request: Option<NonZeroU64>,
        body: Result<Cow<'_, [u8]>>,
    ) -> Result<(), Violation> {
        #[cfg(feature = "cluster")]
        if let Some(handler) = self.runtime.elsewhere(route) {
            return self.handle_elsewhere(cx, handler, request, body);
        }
        self.not_found(route, request)
    }

    /// Hands a message to the handler that was found, if its policy lets it.
    // A part of `message`: a call of its own would move the message once more.
    #[inline(always)]
    fn handle<F: Found>(
        &mut self,
        cx: &mut Context<'_>,
        found: &F,
        request: Option<NonZeroU64>,
        body: Result<Cow<'_, [u8]>>,
    ) -> Result<(), Violation> {
        let (runtime, gate) = (&self.runtime, found.gate());
        let Some(handler) = found.handler(runtime) else { return Ok(()) };
        let route = handler.info.name();
        if handler.is_restricted() && !gate.is_some_and(|gate| gate.is_checked) {
            let size = body.as_ref().map_or(0, |body| body.len());
            let refused = self.checks.check(&self.session, handler, size);
            if let Err(error) = refused {
                // Logged where it was found.
                if let Some(metrics) = runtime.routes.metrics(route) {
                    metrics.count(Outcome::Error(error.kind()));
                }
                if let Some(id) = request {
                    self.session.send_error(id, route, &error);
                }
                return Ok(());
            }
        }
        let body = match body {
            Ok(body) => body,
            Err(error) => {
                self.refuse(route, request, &error);
                return Ok(());
            }
        };
        let concurrent = handler.info.is_concurrent();
        let limits = handler.info.policy().timeout().map_or(runtime.limits, Limits::new);
        let limits = gate.map_or(limits, |gate| limits.within(gate.left));
        let limit = Some(limits.handler_timeout);
        let session = &self.session;
        let info = || TaskInfo {
            kind: TaskKind::Handler,
            label: route,
            session: Some(session.id()),
            limit,
        };
        let log = runtime.log();
        let start = || {
            let measure = handler.measure();
            let message = Incoming::new(session, route, request, limits.reply_limit, measure);
            match runtime.inbound.is_empty() {
                true => handler.dispatch(message, &body),
                false => pipeline::run(runtime, found, message, body),
            }
        };
        let polled = (!concurrent).then_some(&mut *cx);
        match Task::begin(info, polled, log, start) {
            Started::Ended(_) => {}
            Started::Pending(task) if concurrent => self.spawn(task, gate),
            Started::Pending(task) => self.running = Running::Handler(Box::new(task)),
        }
        self.run_due_hooks(cx);
        Ok(())
    }

    fn info(&self, kind: TaskKind, label: &'static str) -> TaskInfo {
        let limit = Some(self.runtime.limits.handler_timeout);
        TaskInfo { kind, label, session: Some(self.session.id()), limit }
    }

    /// Lets a handler go on beside the session's others. The gate of its message, if that is another node, hears of its end.
    fn spawn(&mut self, task: BoxedTask<()>, gate: Option<FromGate>) {
        let counted = self.concurrent.count(&self.session, gate);
        let runtime = self.runtime.clone();
        let call = async move {
            let cut = async {
                runtime.abort.cancelled().await;
                DropReason::Shutdown
            };
            task.run(runtime.log(), cut).await;
            drop(counted);
        };
        self.runtime.tasks.spawn(call.instrument(self.span.span()));
    }

    /// Polls the running call. Returns `true` when something ended, so that there may be more to do.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        let ended = self.poll_running(cx);
        self.run_due_hooks(cx) || ended
    }

    fn poll_running(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.running {
            Running::Nothing | Running::Decided(_) => false,
            Running::Handshake(_) => self.poll_handshake(cx),
            Running::Handler(task) => match task.poll(cx, self.runtime.log()) {
                Poll::Pending => false,
                Poll::Ready(_) => {
                    self.drop_running(DropReason::Panic);
                    true
                }
            },
            Running::Hooks(hooks) => {
                let log = self.runtime.log();
                let reason = match hooks.task.poll(cx, log) {
                    Poll::Ready(outcome) => {
                        outcome.log_error(&hooks.info, log);
                        DropReason::Panic
                    }
                    // The hooks for the end have time of their own.
                    Poll::Pending if self.is_aborted && hooks.event != SessionEvent::Closed => {
                        DropReason::Shutdown
                    }
                    Poll::Pending => return false,
                };
                let (event, next) = (hooks.event, hooks.next);
                self.drop_running(reason);
                self.start_hooks(cx, event, next);
                true
            }
            Running::Leaving(left) => match left.as_mut().as_mut().poll(cx) {
                Poll::Pending => false,
                Poll::Ready(()) => {
                    self.running = Running::Nothing;
                    self.start_hooks(cx, SessionEvent::Closed, 0);
                    true
                }
            },
        }
    }

    fn drop_running(&mut self, reason: DropReason) {
        match std::mem::replace(&mut self.running, Running::Nothing) {
            Running::Nothing | Running::Decided(_) | Running::Leaving(_) => {}
            Running::Handler(task) => task.end(reason, self.runtime.log()),
            Running::Handshake(task) => {
                task.end(reason, self.runtime.log());
                self.running = Running::Decided(Box::new(Err(reason.error())));
            }
            Running::Hooks(hooks) => hooks.task.end(reason, self.runtime.log()),
        }
    }

    /// Returns the deadline of the running call.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.running {
            Running::Nothing | Running::Decided(_) | Running::Leaving(_) => None,
            Running::Handler(task) => task.deadline(),
            Running::Handshake(task) => task.deadline(),
            Running::Hooks(hooks) => hooks.task.deadline(),
        }
    }

    /// Cuts off the call that is out of time at `now`.
    pub(crate) fn expire(&mut self, cx: &mut Context<'_>, now: Instant) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        let hooks = match &self.running {
            Running::Hooks(hooks) => Some((hooks.event, hooks.next)),
            _ => None,
        };
        self.drop_running(DropReason::Timeout);
        if let Some((event, next)) = hooks {
            self.start_hooks(cx, event, next);
        }
    }

    /// Cuts off the handler that runs, because the app waits no longer. From now on a hook is dropped when it
    /// has to wait, but for those of `session_closed`.
    pub(crate) fn abort(&mut self) {
        self.is_aborted = true;
        if let Running::Handler(_) | Running::Handshake(_) = self.running {
            self.drop_running(DropReason::Shutdown);
        }
    }

    fn not_found(&self, route: &[u8], request: Option<NonZeroU64>) -> Result<(), Violation> {
        let shown = shown(message::text(route).map_err(Violation::Malformed)?);
        let error = Error::new(ErrorKind::NotFound, format!("no route `{shown}`"));
        self.refuse(&shown, request, &error);
        Ok(())
    }

    /// Answers a message that is not handled.
    pub(crate) fn refuse(&self, route: &str, request: Option<NonZeroU64>, error: &Error) {
        if let Some(metrics) = self.runtime.routes.metrics(route) {
            metrics.count(Outcome::Error(error.kind()));
        }
        match request {
            Some(id) => self.session.respond_error(id, route, error),
            None => self.session.log_failure(route, error),
        }
    }
}

#[cfg(all(test, feature = "testing"))]
pub(crate) mod tests;
