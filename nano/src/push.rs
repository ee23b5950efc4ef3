//! Pushes: messages that the server sends on its own.

use crate::Result;
use crate::serializer::Encoder;

/// Something that pushes can be sent to: a [`Session`](crate::Session), a [`Group`](crate::Group),
/// a part of a group.
///
/// A [`#[push]`](macro@crate::push) trait sends to it: `RoomPush::to(&group).message(&message)`.
pub trait PushTarget {
    /// Sends `message` to `route`. Called by the methods of `#[push]` traits.
    ///
    /// # Errors
    ///
    /// See [`Session::push`](crate::Session::push) and [`Group::broadcast`](crate::Group::broadcast).
    fn push_with<T>(&self, route: &str, message: &T, encoder: Encoder<T>) -> Result<()>;
}

/// The events of a [`#[push]`](macro@crate::push) trait, for [`App::push`](crate::App::push).
#[derive(Clone, Copy, Debug)]
pub struct PushSet {
    name: &'static str,
    events: &'static [PushEvent],
}

/// One event of a [`PushSet`].
#[derive(Clone, Copy, Debug)]
pub struct PushEvent {
    /// The route, as clients name it: `onMessage`.
    pub route: &'static str,
    /// The method's name.
    pub method: &'static str,
    /// The method's doc comment.
    pub docs: &'static str,
}

impl PushSet {
    /// The events of the trait `name`.
    pub const fn new(name: &'static str, events: &'static [PushEvent]) -> Self {
        Self { name, events }
    }

    /// The name of the trait.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The events, in the order of the trait.
    pub const fn events(&self) -> &'static [PushEvent] {
        self.events
    }
}
