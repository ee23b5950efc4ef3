//! Pushes: messages that the server sends on its own.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::LazyLock;

use crate::Result;
use crate::serializer::Encoder;
use crate::wire::class::Class;

/// Makes numbers of routes and keys. Nobody who does not know it finds two keys with one number.
static NUMBERS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The route of a push, and its class: its treatment while the client reads more slowly than it is sent to.
///
/// A route alone is a reliable push, so `session.push("onMessage", ..)` needs no class. A
/// [`#[push]`](macro@crate::push) trait names the class of each event instead. [`limits`](crate::limits) compares the
/// classes.
///
/// # Examples
///
/// ```
/// use nano::{Group, Push, Result, Session};
///
/// fn step(everybody: &Group, player: u32, position: (f32, f32)) -> Result<()> {
///     // A client that is behind receives the newest position of each player, and none that is out of date.
///     everybody.broadcast(Push::latest_of("onMove", &player), &(player, position))?;
///     everybody.broadcast(Push::lossy("onSparkle"), &position)
/// }
///
/// fn finish(player: &Session) -> Result<()> {
///     player.push("onGameOver", &())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Push<'a> {
    route: &'a str,
    class: Class,
}

impl<'a> Push<'a> {
    /// Creates a push that arrives, in the order of all reliable pushes and replies.
    pub const fn reliable(route: &'a str) -> Self {
        Self { route, class: Class::Reliable }
    }

    /// Creates a push that replaces the one of the same route which waits for the client, in the place of that one.
    pub fn latest(route: &'a str) -> Self {
        Self::latest_of(route, &())
    }

    /// Creates a push that replaces the one of the same route and an equal key which waits for the client, in the place
    /// of that one.
    pub fn latest_of(route: &'a str, key: &(impl Hash + ?Sized)) -> Self {
        Self { route, class: Class::Latest(NUMBERS.hash_one((route, key))) }
    }

    /// Creates a push that is dropped while more than half of the client's queue is full.
    pub const fn lossy(route: &'a str) -> Self {
        Self { route, class: Class::Lossy }
    }

    /// Returns the route.
    pub const fn route(&self) -> &'a str {
        self.route
    }

    /// Creates a push of the class that another node tells.
    #[cfg(feature = "cluster")]
    pub(crate) fn with_class(route: &'a str, class: Class) -> Self {
        Self { route, class }
    }

    pub(crate) fn class(&self) -> Class {
        self.class
    }
}

impl<'a> From<&'a str> for Push<'a> {
    fn from(route: &'a str) -> Self {
        Self::reliable(route)
    }
}

impl<'a> From<&'a String> for Push<'a> {
    fn from(route: &'a String) -> Self {
        Self::reliable(route)
    }
}

/// Something that pushes can be sent to: a [`Session`](crate::Session), a [`Group`](crate::Group),
/// a part of a group.
///
/// A [`#[push]`](macro@crate::push) trait sends to it: `RoomPush::to(&group).message(&message)`.
pub trait PushTarget {
    /// Sends `message`. Called by the methods of `#[push]` traits.
    ///
    /// # Errors
    ///
    /// See [`Session::push`](crate::Session::push) and [`Group::broadcast`](crate::Group::broadcast).
    fn push_with<T>(&self, push: Push<'_>, message: &T, encoder: Encoder<T>) -> Result<()>;
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
