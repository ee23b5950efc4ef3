//! The named rooms of the cluster.

use std::time::Duration;

use tokio::time::timeout;

use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder, name_of_room};
use super::frames::unavailable;
use super::node::Node;
use crate::session::everywhere::RoomClaim;
use crate::{Error, ErrorKind, Result};

/// The time for an answer of the registry.
const ANSWER: Duration = Duration::from_secs(3);

impl Node {
    /// Claims a name for a room of this node.
    pub(super) async fn claim_room_name(&self, claim: RoomClaim) -> Result<()> {
        if self.number() == 0 {
            let text = "rooms get names when the node is in the cluster: after `App::start`, by `Server::rooms`";
            return Err(Error::new(ErrorKind::Config, text));
        }
        if !self.registry.keeps_claims() {
            let text = "the name of a room is one in the whole cluster, whose registry keeps no claims: `Cluster::master` \
                        and `Cluster::join` have one that does";
            return Err(Error::new(ErrorKind::Config, text));
        }
        let RoomClaim { component, name, room, close } = claim;
        let holder = Holder::new(self.number(), room);
        let claim = Claim::new(ClaimKind::Room, name_of_room(component, &name), holder);
        // Before the answer: whoever does not wait for it any more frees the name.
        self.holding.hold_room(claim.clone(), close);
        let claimed = self.claim_name(&claim, ClaimRule::Refuse).await;
        let error = match claimed {
            Ok(Claimed::Taken(_)) => {
                let text = format!("there is a room with the name {name:?} already");
                Error::new(ErrorKind::RoomNameTaken, text)
            }
            Ok(_) => {
                self.holding.grant_room(room);
                return Ok(());
            }
            Err(error) => error,
        };
        self.holding.release_room(room);
        Err(error)
    }

    /// Returns the node and the id of the room that has a name.
    pub(super) async fn find_room_name(&self, name: &str) -> Result<Option<(u32, u64)>> {
        match timeout(ANSWER, self.registry.find(ClaimKind::Room, name)).await {
            Ok(Ok(holder)) => Ok(holder.map(|holder| (holder.node(), holder.id()))),
            Ok(Err(error)) => Err(unavailable(error.to_string())),
            Err(_) => Err(unavailable("the registry of the cluster does not answer")),
        }
    }
}
