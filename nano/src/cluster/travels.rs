//! The way of one session to other nodes.

use rustc_hash::FxHashMap;

use super::frames::{Request, SessionState};
use super::linked::Link;
use crate::Result;
use crate::session::Session;

/// The other nodes that one session has to do with.
#[derive(Debug, Default)]
pub(super) struct Travels {
    /// The node of each component that was chosen for the session.
    pub(super) chosen: FxHashMap<&'static str, Chosen>,
    /// The nodes that know the session: the epoch of the link, and the version of its state there.
    pub(super) known: FxHashMap<u32, (u64, u64)>,
}

/// The node of one component.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub(super) node: u32,
    /// The number of the link over which the session has entered a room there; 0 for none.
    pub(super) room: u64,
    /// The number of that entry.
    pub(super) entry: u64,
}

impl Travels {
    /// Notes the node of a component, if the session has entered no room of it meanwhile.
    pub(super) fn choose(&mut self, component: &'static str, node: u32) {
        let chosen = Chosen { node, room: 0, entry: 0 };
        let last = self.chosen.entry(component).or_insert(chosen);
        if last.room == 0 {
            *last = chosen;
        }
    }

    /// Forgets the node of a component, if the session has entered no other room of it meanwhile.
    pub(super) fn forget(&mut self, component: &str, entry: u64) {
        self.chosen.retain(|name, chosen| *name != component || chosen.entry != entry);
    }

    /// Notes the node of a room that the session enters, the number of the link to it, and that of the entry.
    pub(super) fn enter(&mut self, component: &'static str, node: u32, link: u64, entry: u64) {
        self.chosen.insert(component, Chosen { node, room: link, entry });
    }

    /// Notes that an entry into a room is over. The session's next message still goes to that node.
    pub(super) fn leave(&mut self, component: &str, entry: u64) {
        let chosen = self.chosen.get_mut(component);
        if let Some(chosen) = chosen.filter(|chosen| chosen.entry == entry) {
            (chosen.room, chosen.entry) = (0, 0);
        }
    }

    /// Sends a message over a link, with the state of its session if the node does not know it.
    pub(super) fn send(
        &mut self,
        session: &Session,
        node: u32,
        link: &Link,
        mut request: Request,
    ) -> Result<()> {
        if self.known.get(&node) == Some(&(link.epoch, session.version())) {
            return link.send(request);
        }
        let (state, version) = SessionState::of(session);
        request.state = Some(Box::new(state));
        link.send(request)?;
        self.known.insert(node, (link.epoch, version));
        if session.is_lost_here() {
            link.tell_presence(session.id(), true);
        }
        Ok(())
    }
}
