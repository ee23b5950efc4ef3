//! The choice of the node that a session's messages for a component go to.

use std::sync::{Arc, Mutex, PoisonError};

use super::choice::Choice;
use super::frames::unavailable;
use super::gate::RemoteRoute;
use super::linked::Link;
use super::peer::Peer;
use super::peers::Peers;
use super::rendezvous;
use super::travels::{Chosen, Travels};
use crate::session::Session;
use crate::{Error, ErrorKind, Result};

impl RemoteRoute {
    /// Returns the nodes that can be reached. Those that are about to leave are among them only if there are no others.
    pub(super) fn linked(&self) -> Vec<(&Arc<Peer>, Arc<Link>)> {
        let linked = self.nodes.iter().filter_map(|peer| Some((peer, peer.open_link()?)));
        let mut linked: Vec<_> = linked.collect();
        if linked.iter().any(|(peer, _)| !peer.is_draining()) {
            linked.retain(|(peer, _)| !peer.is_draining());
        }
        linked
    }

    /// Returns the node of the session's component: that of its last message, or else the one that the application
    /// chooses, or one that depends on nothing but the session, so that all its components meet on one node where they
    /// can.
    pub(super) fn choose(
        &self,
        session: &Session,
        travels: &Mutex<Travels>,
        peers: &Peers,
    ) -> Result<(&Arc<Peer>, Arc<Link>)> {
        let locked = || travels.lock().unwrap_or_else(PoisonError::into_inner);
        let last = locked().chosen.get(self.component).copied();
        if let Some(Chosen { node: number, room, entry }) = last {
            let is_lost = room != 0 && !peers.is_linked(number, room);
            // The session may be out of the lost room since it has entered one of this node.
            if is_lost && session.is_in_room_elsewhere(self.component) {
                return Err(Error::new(ErrorKind::RoomClosed, "the node of the room was lost"));
            }
            match self.nodes.iter().find(|peer| peer.number == number) {
                _ if is_lost => {}
                Some(peer) => {
                    if let Some(link) = peer.open_link() {
                        return Ok((peer, link));
                    }
                    // Nobody else has the room. The session is in it until the link ends, and is told of the loss then.
                    if room != 0 && session.is_in_room_elsewhere(self.component) {
                        let text = "the node of the room takes no more messages";
                        return Err(Error::new(ErrorKind::RoomClosed, text));
                    }
                }
                None if peers.get(number).is_some_and(|peer| peer.open_link().is_some()) => {
                    let message = format!("node {number} has no route `{}`", self.name);
                    return Err(Error::new(ErrorKind::NotFound, message));
                }
                // It cannot be reached, or is no member any more.
                None => locked().known.retain(|number, _| peers.get(*number).is_some()),
            }
            locked().forget(self.component, entry);
        }
        // The application's code runs without the lock.
        let (peer, link) = self.choose_anew(session)?;
        locked().choose(self.component, peer.number);
        Ok((peer, link))
    }

    fn choose_anew(&self, session: &Session) -> Result<(&Arc<Peer>, Arc<Link>)> {
        let unreachable = || unavailable("no node that has the route can be reached");
        let linked = self.linked();
        if linked.is_empty() {
            return Err(unreachable());
        }
        if let Some(Choice(choose)) = &self.choice {
            let nodes: Vec<_> = linked.iter().map(|(peer, _)| peer.node()).collect();
            if let Some(number) = choose(session, &nodes) {
                let chosen = linked.into_iter().find(|(peer, _)| peer.number == number);
                return chosen.ok_or_else(|| {
                    let component = self.component;
                    unavailable(format!("node {number}, chosen for `{component}`, is not among those that can be reached"))
                });
            }
        }
        let weight = |number: u32| rendezvous::weight(session.id().get(), number);
        linked.into_iter().max_by_key(|(peer, _)| weight(peer.number)).ok_or_else(unreachable)
    }
}
