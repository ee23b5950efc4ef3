//! The hooks of one session's events.

use std::task::{Context, Poll};

use super::Dispatch;
use super::running::{Hooks, Life, Running};
use crate::component::task::{Started, Task, TaskKind};
use crate::component::{DropReason, SessionEvent};

impl Dispatch {
    /// Runs the `session_bound` hooks, if a user was bound and the hooks do not know it yet.
    #[inline]
    pub(super) fn run_bound_hooks(&mut self, cx: &mut Context<'_>) -> bool {
        self.session.is_bound_anew() && self.run_pending_bound_hooks(cx)
    }

    #[cold]
    fn run_pending_bound_hooks(&mut self, cx: &mut Context<'_>) -> bool {
        let can_run = self.life == Life::Open && matches!(self.running, Running::Nothing);
        let run = can_run && self.session.take_bound();
        if run {
            self.span.bound(self.session.uid().as_ref());
            self.start_hooks(cx, SessionEvent::Bound, 0);
        }
        run
    }

    /// Runs the hooks of an event from the `next`th on, until one has to wait.
    pub(super) fn start_hooks(
        &mut self,
        cx: &mut Context<'_>,
        event: SessionEvent,
        mut next: usize,
    ) {
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
}
