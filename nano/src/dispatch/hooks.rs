//! The session hooks of an app.

use crate::Session;
use crate::component::{RunHook, SessionEvent};

/// The session hooks of an app, in the order in which they run.
#[derive(Default)]
pub(crate) struct SessionHooks {
    opened: Vec<Box<dyn RunHook<Session>>>,
    bound: Vec<Box<dyn RunHook<Session>>>,
    closed: Vec<Box<dyn RunHook<Session>>>,
}

impl SessionHooks {
    pub(crate) fn add(&mut self, event: SessionEvent, hook: Box<dyn RunHook<Session>>) {
        match event {
            SessionEvent::Opened => self.opened.push(hook),
            SessionEvent::Bound => self.bound.push(hook),
            // A later component may depend on an earlier one, so its hook runs first.
            SessionEvent::Closed => self.closed.insert(0, hook),
        }
    }

    pub(crate) fn of(&self, event: SessionEvent) -> &[Box<dyn RunHook<Session>>] {
        match event {
            SessionEvent::Opened => &self.opened,
            SessionEvent::Bound => &self.bound,
            SessionEvent::Closed => &self.closed,
        }
    }
}
