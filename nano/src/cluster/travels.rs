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
    pub(super) chosen: FxHashMap<&'static str, u32>,
    /// The nodes that know the session: the epoch of the link, and the version of its state there.
    pub(super) known: FxHashMap<u32, (u64, u64)>,
}

impl Travels {
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
        request.state = Some(state);
        link.send(request)?;
        self.known.insert(node, (link.epoch, version));
        Ok(())
    }
}
