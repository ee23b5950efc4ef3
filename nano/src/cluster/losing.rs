//! Sessions that lose their rooms with a node.

use std::sync::{Arc, PoisonError};

use serde::Serialize;

use super::config::Cluster;
use super::gate::Gate;
use super::loss::OnLoss;
use super::node::Node;
use crate::component::LostRoom;
use crate::dispatch::Runtime;
use crate::log::limited;
use crate::serializer::encoder;
use crate::session::{Session, SessionId, There};
use crate::{CloseReason, PushTarget, panics};

/// The route of the push that tells a client of a lost room.
const ROOM_LOST: &str = "nano.room_lost";

impl Cluster {
    /// Sets what becomes of this node's sessions whose room of a component is lost with its node: they
    /// [stay](OnLoss::Stay) by default. See [`nodes`](crate::nodes#when-a-node-is-lost).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{Cluster, OnLoss};
    ///
    /// let gate = Cluster::bind("127.0.0.1:7801").join("127.0.0.1:7800").on_loss("table", OnLoss::Close);
    /// ```
    pub fn on_loss(mut self, component: impl Into<String>, then: OnLoss) -> Self {
        self.on_loss.insert(component.into(), then);
        self
    }
}

/// The body of the push to a client: `string room = 1` in protobuf.
#[derive(Clone, PartialEq, Serialize, prost::Message)]
struct Told {
    #[prost(string, tag = "1")]
    room: String,
}

impl Gate {
    /// Returns the sessions that have entered rooms over a link, with the components of these.
    fn guests(&self, link: u64) -> Vec<(SessionId, &'static str)> {
        // Each session has a lock of its own, which is held while it sends: they are looked at without the one of all.
        let all: Vec<_> =
            self.sessions().iter().map(|(id, travels)| (*id, travels.clone())).collect();
        let mut guests = Vec::new();
        for (id, travels) in all {
            let travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
            let rooms = travels.chosen.iter().filter(|(_, chosen)| chosen.room == link);
            guests.extend(rooms.map(|(component, _)| (id, *component)));
        }
        guests
    }
}

impl Node {
    /// Tells the sessions of this node's clients that their rooms beyond a link are lost, which has ended.
    pub(super) fn lose_rooms(&self, node: u32, link: u64) {
        // They end with this node, or with its membership.
        if self.leaving.is_cancelled() || !self.is_member() {
            return;
        }
        let Some(runtime) = self.runtime.get() else { return };
        let mut count = 0;
        for (session, component) in self.gate.guests(link) {
            if let Some(session) = self.session(session.get())
                && self.lose_room(runtime, session, component, There { node, link })
            {
                count += 1;
            }
        }
        if count > 0 {
            limited!(self.log, RoomsLost, node, name = self.name_of(node), sessions = count);
        }
    }

    /// Returns `false` when the session is not in this room any more, or is about to end.
    fn lose_room(
        &self,
        runtime: &Arc<Runtime>,
        session: Session,
        component: &'static str,
        there: There,
    ) -> bool {
        let Some(leaving) = session.lose_room_there(component, there) else { return false };
        if session.is_closed() {
            return false;
        }
        match self.config.on_loss.get(component).copied().unwrap_or_default() {
            OnLoss::Close => {
                session.link().close(CloseReason::NodeLost);
            }
            OnLoss::Stay => {
                if session.link().is_native() {
                    tell(&session, component);
                }
                runtime.room_lost(session, LostRoom::new(component, there.node), leaving);
            }
        }
        true
    }
}

/// Tells a client that its room is lost.
fn tell(session: &Session, component: &str) {
    let told = Told { room: component.to_owned() };
    let push = || session.push_with(ROOM_LOST.into(), &told, encoder!(Told));
    // The application's serializer may panic; others are told all the same.
    let fault = match panics::catch(push) {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.report().to_string(),
        Err(panic) => panic.to_string(),
    };
    tracing::debug!(session = %session.id(), fault, "a client is not told of its lost room");
}
