//! The hooks of the sessions' lives.

use crate::Session;
use crate::component::{BoundHook, SessionEvent};

/// The hooks of the sessions' lives, in the order in which they run.
#[derive(Default)]
pub(crate) struct SessionHooks {
    opened: Vec<BoundHook<Session>>,
    bound: Vec<BoundHook<Session>>,
    closed: Vec<BoundHook<Session>>,
}

impl SessionHooks {
    pub(crate) fn add(&mut self, event: SessionEvent, hook: BoundHook<Session>) {
        match event {
            SessionEvent::Opened => self.opened.push(hook),
            SessionEvent::Bound => self.bound.push(hook),
            // A later component may rest on what is there before: it lets go first.
            SessionEvent::Closed => self.closed.insert(0, hook),
        }
    }

    pub(crate) fn of(&self, event: SessionEvent) -> &[BoundHook<Session>] {
        match event {
            SessionEvent::Opened => &self.opened,
            SessionEvent::Bound => &self.bound,
            SessionEvent::Closed => &self.closed,
        }
    }
}
