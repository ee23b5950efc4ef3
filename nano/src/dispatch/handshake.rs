//! The application's decision on a client's handshake.

use std::task::{Context, Poll};

use serde_json::Value;

use super::Dispatch;
use super::running::Running;
use crate::Result;
use crate::component::DropReason;
use crate::component::task::{Outcome, Started, Task, TaskKind};
use crate::wire::handshake::Hello;

impl Dispatch {
    pub(crate) fn has_handshake_hook(&self) -> bool {
        self.runtime.handshake.is_some()
    }

    /// Runs the handshake hook, which takes `user` out of the announcement. Its decision is there at once, or after a
    /// [`poll`](Dispatch::poll).
    pub(crate) fn handshake(&mut self, cx: &mut Context<'_>, hello: &mut Hello) {
        let runtime = self.runtime.clone();
        let Some(hook) = &runtime.handshake else { return };
        let info = self.info(TaskKind::Hook, hook.label());
        match Task::start(info, runtime.log(), || hook.run(&self.session, hello)) {
            Started::Ended(outcome) => self.decided(outcome),
            Started::Pending(task) => {
                self.running = Running::Handshake(Box::new(task));
                self.poll_handshake(cx);
            }
        }
    }

    /// Polls the handshake hook, if it runs. Returns `true` when it has ended.
    pub(super) fn poll_handshake(&mut self, cx: &mut Context<'_>) -> bool {
        let Running::Handshake(task) = &mut self.running else { return false };
        let Poll::Ready(outcome) = task.poll(cx, self.runtime.log()) else { return false };
        self.drop_running(DropReason::Panic);
        self.decided(outcome);
        true
    }

    fn decided(&mut self, outcome: Outcome<Result<Value>>) {
        let decision = match outcome {
            Outcome::Finished(decision) => decision.inspect_err(|error| {
                self.session.log_failure("(handshake)", error);
            }),
            Outcome::Panicked(_) | Outcome::Cut => Err(DropReason::Panic.error()),
        };
        self.running = Running::Decided(Box::new(decision));
    }

    /// Takes the decision of the handshake hook, if it has ended.
    pub(crate) fn take_decision(&mut self) -> Option<Result<Value>> {
        match std::mem::replace(&mut self.running, Running::Nothing) {
            Running::Decided(decision) => Some(*decision),
            running => {
                self.running = running;
                None
            }
        }
    }

    /// Cuts the handshake hook off, whose time is up.
    pub(crate) fn cut_handshake(&mut self) {
        if let Running::Handshake(_) = self.running {
            self.drop_running(DropReason::Timeout);
        }
    }
}
