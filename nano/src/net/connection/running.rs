//! What runs for a session: a handler, or the hooks of an event.

use std::future::Future;
use std::num::NonZeroU64;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::{Connection, Transport};
use crate::app::Core;
use crate::component::{DropReason, Incoming, RunHook, SessionEvent, Step, drop_with_reason};
use crate::panics;
use crate::session::Session;

type BoxFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A future of the application's, polled on the connection's task.
pub(super) struct Running {
    future: BoxFuture,
    label: &'static str,
    is_handler: bool,
    /// When it first had to wait.
    since: Option<Instant>,
}

impl Running {
    /// When a handler's time is up. Hooks have a time each, which they keep themselves.
    pub(super) fn deadline(&self, limit: Duration) -> Option<Instant> {
        self.since.filter(|_| self.is_handler).map(|since| since + limit)
    }
}

impl<T: Transport> Connection<T> {
    /// Calls a handler: at once if it can finish so, else it becomes what runs.
    pub(super) fn start_handler(
        &mut self,
        cx: &mut Context<'_>,
        index: usize,
        request: Option<NonZeroU64>,
        body: Bytes,
    ) {
        let Some(handler) = self.core.routes.get(index) else { return };
        let label = handler.info.name();
        let message = Incoming::new(&self.session, label, request, body);
        match panics::catch(|| handler.dispatch(message)) {
            Ok(Step::Ready(())) => {}
            Ok(Step::Pending(future)) => self.start(cx, future, label, true),
            Err(panic) => self.log_panic(label, &panic),
        }
    }

    /// Calls a handler beside the session's others.
    pub(super) fn spawn_handler(&mut self, index: usize, message: Incoming) {
        let running = ConcurrentGuard::new(&self.session);
        let core = self.core.clone();
        self.core.connections.spawn(async move {
            run_concurrent(&core, index, message).await;
            drop(running);
        });
    }

    pub(super) fn start_hooks(&mut self, cx: &mut Context<'_>, event: SessionEvent) {
        let core = self.core.clone();
        if core.session_hooks.of(event).is_empty() {
            return;
        }
        let session = self.session.clone();
        let future = Box::pin(async move {
            for hook in core.session_hooks.of(event) {
                run_hook(&**hook, &session, core.config.handler_timeout).await;
            }
        });
        self.start(cx, future, "session hooks", false);
    }

    fn start(
        &mut self,
        cx: &mut Context<'_>,
        future: BoxFuture,
        label: &'static str,
        is_handler: bool,
    ) {
        self.running = Some(Running { future, label, is_handler, since: None });
        self.poll_running(cx);
    }

    /// True when it finished.
    pub(super) fn poll_running(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(running) = &mut self.running else { return false };
        match panics::catch(|| running.future.as_mut().poll(cx)) {
            Ok(Poll::Pending) => {
                if running.since.is_none() {
                    running.since = Some(Instant::now());
                    self.session.set_busy(true);
                }
                return false;
            }
            Ok(Poll::Ready(())) => {}
            Err(panic) => {
                let label = running.label;
                self.log_panic(label, &panic);
            }
        }
        self.drop_running(DropReason::Panic);
        true
    }

    /// Ends a running handler early, but not hooks.
    pub(super) fn drop_handler(&mut self, reason: DropReason) {
        if self.running.as_ref().is_some_and(|running| running.is_handler) {
            self.drop_running(reason);
        }
    }

    pub(super) fn drop_running(&mut self, reason: DropReason) {
        let Some(running) = self.running.take() else { return };
        if let DropReason::Timeout = reason {
            tracing::error!(
                session = %self.session.id(),
                route = running.label,
                limit = ?self.core.config.handler_timeout,
                "a handler ran out of time"
            );
        }
        drop_with_reason(running.future, reason);
        if running.since.is_some() {
            self.session.set_busy(false);
            self.session.seen();
        }
    }

    fn log_panic(&self, route: &'static str, panic: &panics::PanicText) {
        tracing::error!(session = %self.session.id(), route, %panic, "a handler panicked");
    }
}

/// Runs one hook; whatever becomes of it, the next one runs too.
async fn run_hook(hook: &dyn RunHook<Session>, session: &Session, limit: Duration) {
    let finished = match panics::catch(|| hook.run(session)) {
        Ok(Step::Ready(result)) => Ok(Ok(result)),
        Ok(Step::Pending(mut future)) => {
            let run = panics::catch_async(future.as_mut());
            let finished = tokio::time::timeout(limit, run).await;
            panics::drop_quietly(future);
            finished
        }
        Err(panic) => Ok(Err(panic)),
    };
    let (session, hook) = (session.id(), hook.label());
    match finished {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => tracing::error!(%session, hook, %error, "a hook failed"),
        Ok(Err(panic)) => tracing::error!(%session, hook, %panic, "a hook panicked"),
        Err(_) => tracing::error!(%session, hook, ?limit, "a hook ran out of time"),
    }
}

async fn run_concurrent(core: &Arc<Core>, index: usize, mut message: Incoming) {
    let Some(handler) = core.routes.get(index) else { return };
    let (session, route) = (message.session().clone(), handler.info.name());
    let mut future = match panics::catch(|| handler.dispatch(message.lend())) {
        Ok(Step::Ready(())) => return,
        Ok(Step::Pending(future)) => future,
        Err(panic) => {
            tracing::error!(session = %session.id(), route, %panic, "a handler panicked");
            return;
        }
    };
    let reason = tokio::select! {
        biased;
        finished = panics::catch_async(future.as_mut()) => {
            if let Err(panic) = finished {
                tracing::error!(session = %session.id(), route, %panic, "a handler panicked");
            }
            DropReason::Panic
        }
        () = core.abort.cancelled() => DropReason::Shutdown,
        () = tokio::time::sleep(core.config.handler_timeout) => {
            tracing::error!(session = %session.id(), route, "a handler ran out of time");
            DropReason::Timeout
        }
    };
    drop_with_reason(future, reason);
}

/// Counts one concurrent handler of a session, whose end may be waited for.
struct ConcurrentGuard(Session);

impl ConcurrentGuard {
    fn new(session: &Session) -> Self {
        session.concurrent().fetch_add(1, Ordering::AcqRel);
        Self(session.clone())
    }
}

impl Drop for ConcurrentGuard {
    fn drop(&mut self) {
        self.0.concurrent().fetch_sub(1, Ordering::AcqRel);
        self.0.outbound().nudge();
    }
}
