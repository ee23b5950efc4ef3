//! The search for the handler of a message.

use super::{Dispatch, Violation};
use crate::codec::message::RawRoute;

impl Dispatch {
    /// Returns the index of the handler that this node has for a route, or the name of the route if it has none.
    #[inline(always)]
    pub(super) fn find<'a>(
        &self,
        route: RawRoute<'a>,
    ) -> Result<Result<usize, &'a [u8]>, Violation> {
        self.session.note_message();
        match route {
            RawRoute::Name(name) => Ok(self.runtime.routes.by_name(name).ok_or(name)),
            RawRoute::Code(code) => match self.runtime.by_code(code) {
                Some(found) => Ok(found.map_err(str::as_bytes)),
                None => Err(Violation::Forbidden(format!("unknown route code {code}"))),
            },
            RawRoute::None => Err(Violation::Forbidden("a message without a route".into())),
        }
    }
}
