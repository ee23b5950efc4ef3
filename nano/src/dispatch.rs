//! The dispatch of one session's messages, from wherever they come: order, hooks and deadlines.
//!
//! A [`Dispatch`] runs the application's code for one session, one call after another. It knows neither
//! sockets nor packets: a connection feeds it, a test does, and a link to another node can.

mod hooks;
mod runtime;

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::time::Instant;

use crate::codec::MessageError;
use crate::codec::message::{self, RawRoute};
use crate::component::task::{BoxedTask, Started, Task, TaskInfo, TaskKind};
use crate::component::{DropReason, Incoming, SessionEvent};
use crate::session::{CloseReason, OpenReply, Session};
use crate::{Error, ErrorKind, Result};

pub(crate) use hooks::SessionHooks;
pub(crate) use runtime::{Limits, Runtime};

/// The number of `#[handler(concurrent)]` calls that one session may have running; then its next message waits.
const CONCURRENT: usize = 64;

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
    /// Created by the first concurrent call.
    concurrent: Option<Arc<Concurrent>>,
    life: Life,
    /// The app waits no longer for what runs.
    is_aborted: bool,
}

/// The call that the session's next message waits for.
enum Running {
    Nothing,
    Handler(Box<BoxedTask<()>>),
    /// The hooks of one event, which run one after another.
    Hooks(Box<Hooks>),
}

/// A hook that waits, and the position of the one that follows it.
struct Hooks {
    event: SessionEvent,
    next: usize,
    info: TaskInfo,
    task: BoxedTask<Result<()>>,
}

/// The phase of a session's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// The handshake is not complete: the application does not know of the session.
    Unopened,
    Open,
    /// The session has left its groups, and its `session_closed` hooks run or have run.
    Ended,
}

/// The concurrent calls of one session.
#[derive(Debug)]
struct Concurrent {
    running: AtomicUsize,
    session: Session,
}

impl Dispatch {
    /// Adds a session to the app's table; `None` when the app is shutting down.
    pub(crate) fn new(runtime: Arc<Runtime>, session: Session) -> Option<Self> {
        if !runtime.sessions.insert(&session) {
            return None;
        }
        let (running, life) = (Running::Nothing, Life::Unopened);
        Some(Self { runtime, session, running, concurrent: None, life, is_aborted: false })
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Opens the session, whose client is known now: its `session_opened` hooks run.
    pub(crate) fn open(&mut self, cx: &mut Context<'_>) {
        if self.life == Life::Unopened {
            self.life = Life::Open;
            let (session, peer) = (self.session.id(), self.session.remote_addr());
            tracing::debug!(%session, ?peer, "a session opened");
            self.start_hooks(cx, SessionEvent::Opened, 0);
        }
    }

    /// Returns `true` if the session's next message may be handled.
    #[inline]
    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.running, Running::Nothing) && self.concurrent() < CONCURRENT
    }

    /// Returns `true` if no call of the application runs for this session.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.running, Running::Nothing) && self.concurrent() == 0
    }

    fn concurrent(&self) -> usize {
        self.concurrent.as_ref().map_or(0, |calls| calls.running.load(Ordering::Acquire))
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
        let runtime = &self.runtime;
        let found = match route {
            RawRoute::Name(name) => runtime.routes.by_name(name).ok_or(name),
            RawRoute::Code(code) => match runtime.routes.by_code(code) {
                Some(found) => found.map_err(str::as_bytes),
                None => return Err(Violation::Forbidden(format!("unknown route code {code}"))),
            },
            RawRoute::None => return Err(Violation::Forbidden("a message without a route".into())),
        };
        let handler = match found.map(|index| runtime.routes.get(index)) {
            Ok(Some(handler)) => handler,
            Ok(None) => return Ok(()),
            Err(name) => {
                let name = message::text(name).map_err(Violation::Malformed)?;
                self.not_found(name, request);
                return Ok(());
            }
        };
        let route = handler.info.name();
        let body = match body {
            Ok(body) => body,
            Err(error) => {
                self.refuse(route, request, &error);
                return Ok(());
            }
        };
        let concurrent = handler.info.is_concurrent();
        let info = self.info(TaskKind::Handler, route);
        let limit = runtime.limits.reply_limit;
        let message = Incoming::new(&self.session, route, request, limit);
        let log = runtime.log();
        match Task::start(info, log, || handler.dispatch(message, &body)) {
            Started::Ended(_) => {}
            Started::Pending(task) if concurrent => self.spawn(task),
            Started::Pending(mut task) => match task.poll(cx, log) {
                Poll::Ready(_) => task.end(DropReason::Panic, log),
                Poll::Pending => self.running = Running::Handler(Box::new(task)),
            },
        }
        self.run_bound_hooks(cx);
        Ok(())
    }

    fn info(&self, kind: TaskKind, label: &'static str) -> TaskInfo {
        let limit = Some(self.runtime.limits.handler_timeout);
        TaskInfo { kind, label, session: Some(self.session.id()), limit }
    }

    /// Lets a handler go on beside the session's others.
    fn spawn(&mut self, task: BoxedTask<()>) {
        let session = &self.session;
        let calls = self.concurrent.get_or_insert_with(|| {
            Arc::new(Concurrent { running: AtomicUsize::new(0), session: session.clone() })
        });
        calls.running.fetch_add(1, Ordering::AcqRel);
        let counted = Counted(calls.clone());
        let runtime = self.runtime.clone();
        self.runtime.tasks.spawn(async move {
            let cut = async {
                runtime.abort.cancelled().await;
                DropReason::Shutdown
            };
            task.run(runtime.log(), cut).await;
            drop(counted);
        });
    }

    /// Polls the running call. Returns `true` when something ended, so that there may be more to do.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        let ended = self.poll_running(cx);
        self.run_bound_hooks(cx) || ended
    }

    fn poll_running(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.running {
            Running::Nothing => false,
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
        }
    }

    /// Runs the `session_bound` hooks, if a user was bound and the hooks do not know it yet.
    fn run_bound_hooks(&mut self, cx: &mut Context<'_>) -> bool {
        let can_run = self.life == Life::Open && matches!(self.running, Running::Nothing);
        let run = can_run && self.session.take_bound();
        if run {
            self.start_hooks(cx, SessionEvent::Bound, 0);
        }
        run
    }

    /// Runs the hooks of an event from the `next`th on, until one has to wait.
    fn start_hooks(&mut self, cx: &mut Context<'_>, event: SessionEvent, mut next: usize) {
        let runtime = self.runtime.clone();
        let log = runtime.log();
        for hook in runtime.hooks.of(event).iter().skip(next) {
            next += 1;
            let info = self.info(TaskKind::Hook, hook.label());
            match Task::start(info, log, || hook.run(&self.session)) {
                Started::Ended(outcome) => outcome.log_error(&info, log),
                Started::Pending(mut task) => match task.poll(cx, log) {
                    Poll::Ready(outcome) => {
                        outcome.log_error(&info, log);
                        task.end(DropReason::Panic, log);
                    }
                    Poll::Pending => {
                        let hooks = Hooks { event, next, info, task };
                        self.running = Running::Hooks(Box::new(hooks));
                        return;
                    }
                },
            }
        }
    }

    fn drop_running(&mut self, reason: DropReason) {
        match std::mem::replace(&mut self.running, Running::Nothing) {
            Running::Nothing => {}
            Running::Handler(task) => task.end(reason, self.runtime.log()),
            Running::Hooks(hooks) => hooks.task.end(reason, self.runtime.log()),
        }
    }

    /// Returns the deadline of the running call.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.running {
            Running::Nothing => None,
            Running::Handler(task) => task.deadline(),
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
        if let Running::Handler(_) = self.running {
            self.drop_running(DropReason::Shutdown);
        }
    }

    /// Ends the session, which must be closing and [idle](Dispatch::is_idle): what has come and was not
    /// handled is refused by `refuse`, the session leaves its groups, and its hooks run.
    ///
    /// Returns `false` when there is something else to run first.
    pub(crate) fn end(&mut self, cx: &mut Context<'_>, refuse: impl FnOnce(&Self, &Error)) -> bool {
        // The handler that closed the session may have bound it: hooks for the user run before those for
        // the end.
        if self.run_bound_hooks(cx) || self.life == Life::Ended {
            return false;
        }
        // Another task may bind it at this very moment.
        let Some(replies) = self.leave() else { return false };
        let reason = self.session.close_reason().unwrap_or(CloseReason::Closed);
        if reason == CloseReason::Shutdown {
            let error = Error::new(ErrorKind::Shutdown, "the server is shutting down");
            if self.life == Life::Open {
                refuse(self, &error);
            }
            replies.iter().for_each(|reply| reply.fail(&error));
        }
        if std::mem::replace(&mut self.life, Life::Ended) == Life::Open {
            let (session, uid) = (self.session.id(), self.session.uid());
            tracing::debug!(%session, ?uid, %reason, "a session ended");
            self.start_hooks(cx, SessionEvent::Closed, 0);
        }
        true
    }

    /// Takes the session out of its groups and out of the table, and gives its open replies; `None` when its
    /// `session_bound` hooks have to run first.
    fn leave(&self) -> Option<Vec<Arc<dyn OpenReply>>> {
        if self.life != Life::Open {
            // There are no hooks to run.
            self.session.take_bound();
        }
        let replies = self.session.end()?;
        self.runtime.sessions.remove(&self.session);
        Some(replies)
    }

    fn not_found(&self, route: &str, request: Option<NonZeroU64>) {
        // A peer's text ends up in a reply and a log: not all of it, and no control characters.
        let shown: String = route.chars().take(64).flat_map(char::escape_default).collect();
        let error = Error::new(ErrorKind::NotFound, format!("no route `{shown}`"));
        self.refuse(&shown, request, &error);
    }

    /// Answers a message that is not handled.
    pub(crate) fn refuse(&self, route: &str, request: Option<NonZeroU64>, error: &Error) {
        match request {
            Some(id) => self.session.respond_error(id, route, error),
            None => self.session.log_failure(route, error),
        }
    }
}

impl Drop for Dispatch {
    fn drop(&mut self) {
        // The task may be dropped with its runtime: the count is kept all the same.
        self.session.link().close(CloseReason::Disconnected);
        self.life = Life::Ended;
        while self.leave().is_none() {}
    }
}

/// One of a session's concurrent calls, whose end may be waited for.
struct Counted(Arc<Concurrent>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
        self.0.session.link().wake();
    }
}

#[cfg(all(test, feature = "testing"))]
pub(crate) mod tests;
