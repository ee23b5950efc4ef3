//! The way of a session into a room, until it is in.

use std::any::TypeId;

use super::{Room, RoomSet};
#[cfg(feature = "cluster")]
use crate::session::new_entry;
use crate::{Result, Session};

/// A session on its way into a room of a type; no more, when this is dropped.
pub(super) struct Claim {
    pub(super) session: Session,
    kind: TypeId,
    #[cfg(feature = "cluster")]
    name: &'static str,
    /// The number of the entry.
    #[cfg(feature = "cluster")]
    entry: u64,
    /// The session is in. It may be out again by now, and on its way into another room.
    is_settled: bool,
    /// The session's own node, another one, may know of it.
    #[cfg(feature = "cluster")]
    is_told: bool,
}

impl Claim {
    /// Claims the place of the session among the rooms of a type, in the whole cluster.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyInRoom`](crate::ErrorKind::AlreadyInRoom), [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    pub(super) async fn new<R: Room>(session: &Session) -> Result<Self> {
        #[cfg(not(feature = "cluster"))]
        let claim = Self::here::<R>(session)?;
        #[cfg(feature = "cluster")]
        let mut claim = Self::here::<R>(session, 0)?;
        #[cfg(feature = "cluster")]
        if let Some(owner) = session.link().owner() {
            claim.is_told = true;
            owner.enter_room(R::NAME, 0, claim.entry).await?;
        }
        Ok(claim)
    }

    /// Claims it on this node, for a session whose own node knows of the entry already.
    #[cfg(feature = "cluster")]
    pub(super) fn told<R: Room>(session: &Session, entry: u64) -> Result<Self> {
        let mut claim = Self::here::<R>(session, entry)?;
        claim.is_told = true;
        Ok(claim)
    }

    /// Claims it on this node, by an entry; by a new one with 0.
    fn here<R: Room>(session: &Session, #[cfg(feature = "cluster")] entry: u64) -> Result<Self> {
        let kind = RoomSet::<R>::kind();
        #[cfg(feature = "cluster")]
        let entry = if entry == 0 { new_entry() } else { entry };
        #[cfg(feature = "cluster")]
        session.claim_room(kind, R::NAME, entry)?;
        #[cfg(not(feature = "cluster"))]
        session.claim_room(kind, R::NAME)?;
        Ok(Self {
            session: session.clone(),
            kind,
            #[cfg(feature = "cluster")]
            name: R::NAME,
            #[cfg(feature = "cluster")]
            entry,
            is_settled: false,
            #[cfg(feature = "cluster")]
            is_told: false,
        })
    }

    /// Leaves the place to the session, which is in.
    pub(super) fn settle(mut self) {
        self.is_settled = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.is_settled {
            return;
        }
        self.session.give_up_room(self.kind);
        #[cfg(feature = "cluster")]
        if self.is_told {
            self.session.tell_left(self.name, self.entry, false);
        }
    }
}
