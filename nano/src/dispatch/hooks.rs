//! The hooks of the sessions' lives.

use crate::component::{RunSessionHook, SessionEvent};

/// The hooks of the sessions' lives, in the order in which they run.
#[derive(Default)]
pub(crate) struct SessionHooks {
    opened: Vec<Box<dyn RunSessionHook>>,
    bound: Vec<Box<dyn RunSessionHook>>,
    closed: Vec<Box<dyn RunSessionHook>>,
}

impl SessionHooks {
    pub(crate) fn add(&mut self, event: SessionEvent, hook: Box<dyn RunSessionHook>) {
        match event {
            SessionEvent::Opened => self.opened.push(hook),
            SessionEvent::Bound => self.bound.push(hook),
            // A later component may rest on what is there before: it lets go first.
            SessionEvent::Closed => self.closed.insert(0, hook),
        }
    }

    pub(crate) fn of(&self, event: SessionEvent) -> &[Box<dyn RunSessionHook>] {
        match event {
            SessionEvent::Opened => &self.opened,
            SessionEvent::Bound => &self.bound,
            SessionEvent::Closed => &self.closed,
        }
    }
}
