//! One room in the directory.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::presence::{Exit, Presence};
use crate::component::room::core::Role;
use crate::component::room::limits::RoomLimits;
use crate::component::room::{RoomId, RoomInfo};
use crate::session::SessionId;

/// One room in the directory.
pub(super) struct Entry<T, I> {
    pub(super) room: T,
    pub(super) name: Option<Arc<str>>,
    pub(super) info: Arc<I>,
    pub(super) is_locked: bool,
    pub(super) is_private: bool,
    /// Nobody enters any more.
    pub(super) is_closing: bool,
    /// The seats that are taken or reserved.
    members: usize,
    /// The same of spectators.
    spectators: usize,
    /// The sessions that are in the room, or on their way in or out.
    pub(super) sessions: BTreeMap<SessionId, Presence>,
    /// The number of the last change.
    pub(super) changed: u64,
    /// The time since which there have been no members.
    pub(super) empty: Option<Instant>,
    /// A task waits for the time at which the room, without members, is to close.
    pub(super) is_watched: bool,
    opened: Instant,
}

impl<T, I> Entry<T, I> {
    pub(super) fn new(room: T, name: Option<Arc<str>>, info: I, is_private: bool) -> Self {
        let now = Instant::now();
        Self {
            room,
            name,
            info: Arc::new(info),
            is_locked: false,
            is_private,
            is_closing: false,
            members: 0,
            spectators: 0,
            sessions: BTreeMap::new(),
            changed: 0,
            empty: Some(now),
            is_watched: false,
            opened: now,
        }
    }

    pub(super) fn info(&self, id: RoomId, limits: &RoomLimits) -> RoomInfo<I> {
        RoomInfo {
            id,
            name: self.name.clone(),
            members: self.members,
            max_members: limits.members,
            spectators: self.spectators,
            is_locked: self.is_locked,
            is_private: self.is_private,
            info: self.info.clone(),
            opened: self.opened,
        }
    }

    /// Returns `true` if matchmaking may offer the room.
    pub(super) fn is_offered(&self, limits: &RoomLimits) -> bool {
        !self.is_closing && !self.is_locked && !self.is_private && self.members < limits.members
    }

    pub(super) fn is_full(&self, role: Role, limits: &RoomLimits) -> bool {
        match role {
            Role::Member => self.members >= limits.members,
            Role::Spectator => self.spectators >= limits.spectators,
        }
    }

    pub(super) fn reserve(&mut self, role: Role, seats: usize) {
        match role {
            Role::Member => self.members += seats,
            Role::Spectator => self.spectators += seats,
        }
        if self.members > 0 {
            self.empty = None;
        }
    }

    pub(super) fn release(&mut self, role: Role) {
        match role {
            Role::Member => self.members -= 1,
            Role::Spectator => self.spectators -= 1,
        }
        if self.members == 0 && self.empty.is_none() {
            self.empty = Some(Instant::now());
        }
    }
}

impl<T: Clone, I> Entry<T, I> {
    /// Takes the seat from a session, which is on its way out from now on; `None` when it has none.
    pub(super) fn begin_exit(&mut self, id: SessionId) -> Option<Exit<T>> {
        let presence = self.sessions.get_mut(&id)?;
        let Presence::In { role, session, leaving } = presence else { return None };
        let (role, session, leaving) = (*role, session.clone(), leaving.token());
        let done = CancellationToken::new();
        *presence = Presence::Leaving(role, done.clone());
        Some(Exit { room: self.room.clone(), session, role, done, leaving })
    }
}
