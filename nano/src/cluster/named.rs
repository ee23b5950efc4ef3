//! The named rooms of the cluster.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use tokio::time::sleep;

use super::claiming::{AGAIN, AT_A_TIME, check_length, patience};
use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, name_of_room};
use super::frames::unavailable;
use super::node::Node;
use crate::error::shown;
use crate::log::limited;
use crate::session::everywhere::RoomClaim;
use crate::{Error, ErrorKind, Result};

impl Node {
    /// Claims a name for a room of this node. Before the node has joined, the room has the name until it joins, and then keeps
    /// it if no other room has it.
    pub(super) async fn claim_room_name(&self, claim: RoomClaim) -> Result<()> {
        if !self.registry.keeps_claims() {
            let text = "the name of a room is one in the whole cluster, whose registry keeps no claims: `Cluster::master` \
                        and `Cluster::join` have one that does";
            return Err(Error::new(ErrorKind::Config, text));
        }
        let RoomClaim { component, name, room, close } = claim;
        let claimed_name = name_of_room(component, &name);
        check_length(&claimed_name)?;
        // Before the answer: whoever does not wait for it any more frees the name.
        let Some(claim) = self.holding.hold_room(claimed_name, room, close) else { return Ok(()) };
        let error = match self.claim_name(&claim, ClaimRule::Refuse, patience()).await {
            Ok(Claimed::Taken(_)) => {
                let text = format!("there is a room with the name {name:?} already");
                Error::new(ErrorKind::RoomNameTaken, text)
            }
            Ok(_) if self.holding.grant_room(room) => return Ok(()),
            Ok(_) => unavailable("the node was given up while the room opened"),
            Err(error) => error,
        };
        self.holding.release_room(room);
        Err(error)
    }

    /// Claims the names of rooms that were opened before this node had joined, which it has. Those whose names others have
    /// close.
    pub(super) fn claim_opened(self: &Arc<Self>) -> impl Future<Output = ()> + Send + use<> {
        let (node, claims) = (self.clone(), self.holding.joined(self.number()));
        async move {
            let claims = stream::iter(claims);
            claims.for_each_concurrent(AT_A_TIME, |claim| node.claim_of_opened(claim)).await;
        }
    }

    async fn claim_of_opened(&self, claim: Claim) {
        let room = claim.holder().id();
        while self.holding.has_room(room) && !self.leaving.is_cancelled() {
            match self.claim_name(&claim, ClaimRule::Refuse, patience()).await {
                Ok(Claimed::Taken(_)) => self.lose_room_name(&claim),
                Ok(_) if self.holding.grant_room(room) => return,
                // It has closed in between, and was freed before it was claimed.
                Ok(_) => self.holding.release(claim.clone()),
                Err(error) => {
                    tracing::debug!(name = claim.name(), error = %error.report(), "a name is not claimed");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// Closes a room whose name another one has.
    pub(super) fn lose_room_name(&self, claim: &Claim) {
        limited!(self.log, RoomNameLost, name = shown(claim.name()));
        self.holding.close_room(claim.holder().id());
    }

    /// Returns the node and the id of the room that has a name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] when the registry cannot tell, after some attempts.
    pub(super) async fn find_room_name(&self, name: &str) -> Result<Option<(u32, u64)>> {
        let find = || self.registry.find(ClaimKind::Room, name);
        let holder = self.ask_registry(patience(), find, || Ok(())).await?;
        Ok(holder.map(|holder| (holder.node(), holder.id())))
    }
}
