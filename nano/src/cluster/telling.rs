//! What other nodes are told of a session's client: that its connection is lost, that it is back, and that the session has
//! ended.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use super::frames::{Closed, Kind};
use super::gate::Gate;
use super::linked::Link;
use super::travels::Travels;
use super::untold;
use crate::log::limited;
use crate::session::Session;

impl Gate {
    /// Takes note of a node that knows a session from another one, or that could not take its state.
    pub(super) fn attached(&self, session: &Session, node: u32, link: &Link) {
        let Ok(travels) = self.travels(session) else {
            return link.queue.put(Kind::Closed(Closed::of(session)));
        };
        let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        // No version is as high: the next message tells the state.
        travels.known.insert(node, (link.epoch, u64::MAX));
        if session.is_lost_here() {
            link.tell_presence(session.id(), true);
        }
        drop(travels);
        // Its end may have come in between, when the node was not known yet.
        if session.has_ended() {
            link.queue.put(Kind::Closed(Closed::of(session)));
        }
    }

    /// Tells the nodes that know a session of this node of its client's connection.
    pub(super) fn tell_presence(&self, session: &Session, is_lost: bool) {
        let travels = self.sessions().get(&session.id()).cloned();
        if let Some(travels) = travels {
            self.tell_all(&travels, |link| link.tell_presence(session.id(), is_lost));
        }
    }

    /// Tells the nodes that know a session of its end.
    pub(super) fn tell_end(&self, session: &Session) {
        let is_own = session.link().owner().is_none();
        if is_own && self.has_go.load(Ordering::Relaxed) {
            self.tell_go(session);
        }
        let travels = self.sessions().remove(&session.id());
        // Those of another gate's session are told by that gate.
        if let Some(travels) = travels.filter(|_| is_own) {
            let closed = Closed::of(session);
            self.tell_all(&travels, |link| {
                link.queue.put(Kind::Closed(closed.clone()));
                link.calls.session_ended(session.id());
            });
        }
    }

    /// Tells something to all nodes that know a session.
    fn tell_all(&self, travels: &Mutex<Travels>, tell: impl Fn(&Link)) {
        let travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        for peer in self.peers.all().iter().filter(|peer| !peer.is_go) {
            let known = travels.known.get(&peer.number);
            if let (Some((epoch, _)), Some(link)) = (known, peer.link())
                && link.epoch == *epoch
            {
                tell(&link);
            }
        }
    }

    /// Tells all nodes of Go nano of the end of a session: any of them may have sent it on to any other.
    fn tell_go(&self, session: &Session) {
        for peer in self.peers.all().iter().filter(|peer| peer.is_go) {
            // Until it has heard of it: it may be away for now.
            if !peer.untold.add(session.id()) {
                limited!(self.log, EndForgotten, node = peer.number, limit = untold::MOST);
            }
            if let Some(link) = peer.link() {
                link.queue.put(Kind::Closed(Closed::of(session)));
                link.calls.session_ended(session.id());
            }
        }
    }
}
