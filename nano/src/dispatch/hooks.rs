//! The session hooks of an app.

use crate::Session;
#[cfg(feature = "cluster")]
use crate::component::LostRoom;
use crate::component::{BoundHook, SessionEvent};

/// The session hooks of an app, in the order in which they run.
#[derive(Default)]
pub(crate) struct SessionHooks {
    opened: Vec<BoundHook<Session>>,
    bound: Vec<BoundHook<Session>>,
    lost: Vec<BoundHook<Session>>,
    resumed: Vec<BoundHook<Session>>,
    closed: Vec<BoundHook<Session>>,
    #[cfg(feature = "cluster")]
    room_lost: Vec<BoundHook<Session, LostRoom>>,
}

impl SessionHooks {
    pub(crate) fn add(&mut self, event: SessionEvent, hook: BoundHook<Session>) {
        match event {
            SessionEvent::Opened => self.opened.push(hook),
            SessionEvent::Bound => self.bound.push(hook),
            SessionEvent::Lost => self.lost.push(hook),
            SessionEvent::Resumed => self.resumed.push(hook),
            // A later component may depend on an earlier one, so its hook runs first.
            SessionEvent::Closed => self.closed.insert(0, hook),
        }
    }

    pub(crate) fn of(&self, event: SessionEvent) -> &[BoundHook<Session>] {
        match event {
            SessionEvent::Opened => &self.opened,
            SessionEvent::Bound => &self.bound,
            SessionEvent::Lost => &self.lost,
            SessionEvent::Resumed => &self.resumed,
            SessionEvent::Closed => &self.closed,
        }
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn add_room_lost(&mut self, hook: BoundHook<Session, LostRoom>) {
        self.room_lost.push(hook);
    }

    #[cfg(feature = "cluster")]
    pub(super) fn room_lost(&self) -> &[BoundHook<Session, LostRoom>] {
        &self.room_lost
    }
}
