//! One call of the application's code: a handler, a hook, a timer's body.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use tracing::Span;
use tracing::level_filters::LevelFilter;

use super::chain::{self, Held};
use super::{DropReason, Step, drop_with_reason};
use crate::Result;
use crate::log::{Log, limited};
use crate::panics::{self, PanicText};
use crate::session::SessionId;

/// The kind of a call, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskKind {
    Handler,
    Hook,
    Timer,
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Handler => "handler",
            Self::Hook => "hook",
            Self::Timer => "timer",
        })
    }
}

/// The name of a call, its session, and its time limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TaskInfo {
    pub(crate) kind: TaskKind,
    /// The route, or the component's and the method's name.
    pub(crate) label: &'static str,
    pub(crate) session: Option<SessionId>,
    /// From the first wait on; `None` lets it take as long as it likes.
    pub(crate) limit: Option<Duration>,
}

/// The end of a call.
#[derive(Debug)]
pub(crate) enum Outcome<T> {
    Finished(T),
    /// It panicked; the log says so.
    Panicked(PanicText),
    /// It ran out of time or was cut off; the log says so.
    Cut,
}

/// A call of the application's code that waits for something.
///
/// A panic costs the call and nothing else. Its owner polls it, and cuts it off at its deadline.
pub(crate) struct Task<F> {
    info: TaskInfo,
    future: F,
    span: Span,
    deadline: Option<Instant>,
    /// The components that it keeps while it waits.
    held: Held,
}

/// A call whose future is on the heap.
pub(crate) type BoxedTask<T> = Task<Pin<Box<dyn Future<Output = T> + Send>>>;

/// A call after its first step.
#[derive(Debug)]
pub(crate) enum Started<T> {
    Ended(Outcome<T>),
    Pending(BoxedTask<T>),
}

impl<T> BoxedTask<T> {
    /// Calls `call`. What finishes at once allocates nothing.
    #[inline(always)]
    pub(crate) fn start(info: TaskInfo, log: &Log, call: impl FnOnce() -> Step<T>) -> Started<T> {
        Self::begin(|| info, None, log, call)
    }

    /// Calls `call`, and if it has to wait, polls it once with `cx`. A call that ends there has never become a task, and
    /// `info` is not asked for.
    // As a call of its own it would move the message several times.
    #[inline(always)]
    pub(crate) fn begin(
        info: impl Fn() -> TaskInfo,
        cx: Option<&mut Context<'_>>,
        log: &Log,
        call: impl FnOnce() -> Step<T>,
    ) -> Started<T> {
        // Asked for every message, and most servers log no spans: the fields are not even put together.
        let span = (LevelFilter::current() >= LevelFilter::DEBUG).then(|| info().span());
        let entered = span.as_ref().map(Span::enter);
        let step = panics::catch(call);
        drop(entered);
        match step {
            Ok(Step::Ready(value)) => Started::Ended(Outcome::Finished(value)),
            Ok(Step::Pending(future)) => Self::go_on(&info, span, future, cx, log),
            Err(panic) => {
                info().log_panic(&panic, log);
                Started::Ended(Outcome::Panicked(panic))
            }
        }
    }

    /// Goes on with a call that has to wait: polls it for the first time, if there is a `cx`.
    #[inline(never)]
    fn go_on(
        info: &dyn Fn() -> TaskInfo,
        span: Option<Span>,
        mut future: Pin<Box<dyn Future<Output = T> + Send>>,
        cx: Option<&mut Context<'_>>,
        log: &Log,
    ) -> Started<T> {
        let Some(cx) = cx else {
            return Started::Pending(Self::with_span(info(), future, span));
        };
        let entered = span.as_ref().map(Span::enter);
        let mut held = Held::default();
        let outcome = match chain::enter(&mut held, || panics::catch(|| future.as_mut().poll(cx))) {
            Ok(Poll::Ready(value)) => Outcome::Finished(value),
            Ok(Poll::Pending) => {
                drop(entered);
                let mut task = Self::with_span(info(), future, span);
                task.held = held;
                task.note_wait();
                return Started::Pending(task);
            }
            Err(panic) => {
                info().log_panic(&panic, log);
                Outcome::Panicked(panic)
            }
        };
        panics::drop_quietly(future, log);
        Started::Ended(outcome)
    }
}

impl<F: Future + Unpin> Task<F> {
    /// A call that is a future from the start.
    pub(crate) fn new(info: TaskInfo, future: F) -> Self {
        Self::with_span(info, future, Some(info.span()))
    }

    fn with_span(info: TaskInfo, future: F, span: Option<Span>) -> Self {
        let span = span.unwrap_or_else(Span::none);
        Self { info, future, span, deadline: None, held: Held::default() }
    }

    /// Notes that the call waits: from the first time on it has a deadline.
    fn note_wait(&mut self) {
        if let (None, Some(limit)) = (self.deadline, self.info.limit) {
            self.deadline = Instant::now().checked_add(limit);
        }
    }

    /// When its time is up; `None` before it has waited.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Goes on with the call, which must not be polled again once it has ended.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, log: &Log) -> Poll<Outcome<F::Output>> {
        let Self { info, future, span, held, .. } = self;
        let poll = || panics::catch(|| Pin::new(future).poll(cx));
        match span.in_scope(|| chain::enter(held, poll)) {
            Ok(Poll::Pending) => {
                self.note_wait();
                Poll::Pending
            }
            Ok(Poll::Ready(value)) => Poll::Ready(Outcome::Finished(value)),
            Err(panic) => {
                info.log_panic(&panic, log);
                Poll::Ready(Outcome::Panicked(panic))
            }
        }
    }

    /// Lets the call go: one that has ended, or one that is cut off for `reason`, which the message it
    /// handles is answered with.
    pub(crate) fn end(self, reason: DropReason, log: &Log) {
        let Self { info, future, span, mut held, .. } = self;
        let TaskInfo { kind, label, session, limit } = info;
        let _entered = span.enter();
        if let DropReason::Timeout = reason {
            let session = session.map(tracing::field::display);
            limited!(log, CallLate, session, %kind, route = label, ?limit);
        }
        // The notes that it lets go of are its own, not those of a call that drops it.
        chain::enter(&mut held, || drop_with_reason(future, reason, log));
    }

    /// Runs the call to its end, to its deadline, or until `cut` gives a reason. It is cut off when this is dropped.
    pub(crate) async fn run(
        self,
        log: &Log,
        cut: impl Future<Output = DropReason>,
    ) -> Outcome<F::Output> {
        let limit = self.info.limit;
        let late = async {
            match limit {
                Some(limit) => tokio::time::sleep(limit).await,
                None => std::future::pending().await,
            }
        };
        let mut running = Running { task: Some(self), log };
        let ended = tokio::select! {
            biased;
            outcome = std::future::poll_fn(|cx| running.poll(cx)) => Ok(outcome),
            reason = cut => Err(reason),
            () = late => Err(DropReason::Timeout),
        };
        running.end(*ended.as_ref().err().unwrap_or(&DropReason::Panic));
        ended.unwrap_or(Outcome::Cut)
    }
}

/// A call that somebody waits for: nobody does any more when this is dropped.
struct Running<'a, F: Future + Unpin> {
    task: Option<Task<F>>,
    log: &'a Log,
}

impl<F: Future + Unpin> Running<'_, F> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outcome<F::Output>> {
        self.task.as_mut().map_or(Poll::Pending, |task| task.poll(cx, self.log))
    }

    fn end(&mut self, reason: DropReason) {
        if let Some(task) = self.task.take() {
            task.end(reason, self.log);
        }
    }
}

impl<F: Future + Unpin> Drop for Running<'_, F> {
    fn drop(&mut self) {
        self.end(DropReason::Abandoned);
    }
}

impl<T> Started<T> {
    /// Runs the call to its end, as [`Task::run`] does.
    pub(crate) async fn run(self, log: &Log, cut: impl Future<Output = DropReason>) -> Outcome<T> {
        match self {
            Self::Ended(outcome) => outcome,
            Self::Pending(task) => task.run(log, cut).await,
        }
    }
}

impl Outcome<Result<()>> {
    /// Logs the error of a hook or a timer, whose caller has no use for it.
    pub(crate) fn log_error(self, info: &TaskInfo, log: &Log) {
        if let Self::Finished(Err(error)) = self {
            let TaskInfo { kind, label, session, .. } = info;
            let session = session.map(tracing::field::display);
            limited!(log, CallFailed, session, %kind, route = label, error = %error.report());
        }
    }
}

impl TaskInfo {
    fn span(&self) -> Span {
        let Self { kind, label, session, .. } = self;
        let session = session.map(tracing::field::display);
        tracing::debug_span!(target: "nano::call", "call", %kind, route = label, session)
    }

    #[cold]
    fn log_panic(&self, panic: &PanicText, log: &Log) {
        let Self { kind, label, session, .. } = self;
        let session = session.map(tracing::field::display);
        limited!(log, CallPanicked, session, %kind, route = label, %panic);
    }
}

impl<F> fmt::Debug for Task<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("info", &self.info).finish_non_exhaustive()
    }
}
