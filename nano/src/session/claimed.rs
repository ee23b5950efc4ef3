//! Users that sessions claim for the whole cluster.

use std::sync::{Arc, Weak};

use super::everywhere::Everywhere;
use super::users::UserTable;
use super::{Calls, Directory, Session, Uid};
use crate::Result;

/// A user that a session asks for; freed when this is dropped and the session does not have it.
struct Claim<'a> {
    everywhere: Arc<dyn Everywhere>,
    session: &'a Session,
    uid: Uid,
}

impl Session {
    /// Returns the cluster, if it decides whose a user is.
    pub(super) fn decides(&self) -> Option<Arc<dyn Everywhere>> {
        let everywhere = self.0.common.everywhere.get().and_then(Weak::upgrade);
        everywhere.filter(|everywhere| everywhere.has_single_sessions())
    }

    /// Binds the session to a user, if the cluster lets it have the user.
    pub(super) async fn bind_claimed(
        &self,
        everywhere: Arc<dyn Everywhere>,
        uid: Uid,
    ) -> Result<()> {
        if !self.may_bind(&self.state(), &uid)? {
            return Ok(());
        }
        everywhere.claim_begins(&uid, self.id());
        let claim = Claim { everywhere, session: self, uid };
        claim.everywhere.clone().claim(claim.uid.clone(), self.id()).await?;
        // It is decided: sessions that were replaced are closed already, or about to be.
        self.bind_here(claim.uid.clone(), UserTable::add_kept)
    }

    /// Frees the user of a session that has ended.
    pub(super) fn release_user(&self, uid: &Uid) {
        if self.link().owner().is_none()
            && let Some(everywhere) = self.decides()
        {
            everywhere.release(uid, self.id());
        }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        // First: what is freed while the session asks for it is left to this.
        self.everywhere.claim_ends(&self.uid, self.session.id());
        // When the session ended, this may have been under way, and the user left to it.
        if self.session.uid().as_ref() != Some(&self.uid) || self.session.is_closed() {
            self.everywhere.release(&self.uid, self.session.id());
        }
    }
}

impl Session {
    /// Returns the way of the calls that components make, while the app runs.
    pub(crate) fn calls(&self) -> Option<Arc<dyn Calls<Session>>> {
        self.0.common.calls.get().and_then(Weak::upgrade)
    }
}

impl Directory {
    /// The users and sessions of other nodes, in a cluster.
    pub(crate) fn everywhere(&self) -> Option<Arc<dyn Everywhere>> {
        self.common.everywhere.get().and_then(Weak::upgrade)
    }
}
