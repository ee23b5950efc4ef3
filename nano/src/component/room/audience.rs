//! The members and the spectators of a room together.

use crate::Result;
use crate::group::{self, Group};
use crate::push::{Push, PushTarget};
use crate::serializer::Encoder;

/// The members and the spectators of a room, as a target of pushes, from
/// [`Context::audience`](crate::Context::audience).
///
/// A push is encoded once for all of them.
#[derive(Clone, Copy, Debug)]
pub struct Audience<'a> {
    pub(super) members: &'a Group,
    pub(super) spectators: &'a Group,
}

impl PushTarget for Audience<'_> {
    fn push_with<T>(&self, push: Push<'_>, message: &T, encoder: Encoder<T>) -> Result<()> {
        let groups = [self.members, self.spectators];
        group::send_to_all(&groups, push, &|serializer, out| {
            encoder.write(message, serializer, out)
        })
    }
}
