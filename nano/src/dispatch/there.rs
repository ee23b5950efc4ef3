//! Messages for rooms that sessions have entered on other nodes.

use super::Dispatch;
use super::found::Found;

impl Dispatch {
    /// Returns the handler of a route that this node has; that of another node, if the session is in a room there. A
    /// message that was forwarded to this node stays.
    pub(super) fn at(&self, index: usize, is_forwarded: bool) -> Found {
        let here = Found::Here(index);
        let Some(elsewhere) = self.runtime.elsewhere.as_ref().filter(|_| !is_forwarded) else {
            return here;
        };
        let Some(handler) = self.runtime.routes.get(index).filter(|handler| handler.is_of_room())
        else {
            return here;
        };
        if !self.session.is_in_room_elsewhere(handler.info.component()) {
            return here;
        }
        elsewhere.route(handler.info.name().as_bytes()).map_or(here, Found::Elsewhere)
    }
}
