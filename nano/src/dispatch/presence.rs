//! The presence of a session's client: its connection may be lost for a while.

use std::task::Context;

use super::Dispatch;
use super::running::{Life, Presence, Running};
use crate::component::SessionEvent;

impl Dispatch {
    /// Notes that the client's connection is lost. `session_lost` hooks run after the call that runs now.
    pub(crate) fn lose(&mut self) {
        self.presence.is_lost = true;
        self.tell_presence();
    }

    /// Notes that the client is back. `session_resumed` hooks run before its next message.
    pub(crate) fn resume(&mut self, cx: &mut Context<'_>) {
        self.presence.is_lost = false;
        self.tell_presence();
        self.run_due_hooks(cx);
    }

    /// Tells the other nodes that know the session, if its client is this node's.
    fn tell_presence(&self) {
        #[cfg(feature = "cluster")]
        if let Some(elsewhere) = &self.runtime.elsewhere
            && self.session.link().owner().is_none()
        {
            elsewhere.presence(&self.session, self.presence.is_lost);
        }
    }

    /// Notes that the session serves only the rest of a connection: its client has another session, or had it before.
    pub(crate) fn stand_in(&mut self) {
        self.is_stand_in = true;
    }

    /// Runs the hooks of what happened to the session while a call was running.
    pub(super) fn run_due_hooks(&mut self, cx: &mut Context<'_>) -> bool {
        self.run_bound_hooks(cx) || self.run_presence_hooks(cx)
    }

    /// Runs the `session_lost` or `session_resumed` hooks, if they do not know of the client's presence yet.
    fn run_presence_hooks(&mut self, cx: &mut Context<'_>) -> bool {
        let Presence { is_lost, is_told } = self.presence;
        let can_run = self.life == Life::Open && matches!(self.running, Running::Nothing);
        let run = can_run && is_lost != is_told && !self.session.is_closed();
        if run {
            self.presence.is_told = is_lost;
            let event = if is_lost { SessionEvent::Lost } else { SessionEvent::Resumed };
            self.start_hooks(cx, event, 0);
        }
        run
    }
}
