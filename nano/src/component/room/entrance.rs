//! The targets of `Session::enter`.

use super::core::Role;
use super::{Room, Seat};
use crate::Result;
use crate::component::Handle;

/// What a session can enter: `&Handle<R>`, a room, or [`Seat<R>`](Seat), a seat that was reserved in one.
pub trait Entrance: sealed::Sealed {
    /// The type of the room.
    type Room: Room;

    #[doc(hidden)]
    fn seat(self) -> Result<Seat<Self::Room>>;
}

impl<R: Room> Entrance for &Handle<R> {
    type Room = R;

    fn seat(self) -> Result<Seat<R>> {
        self.reserve(Role::Member)
    }
}

impl<R: Room> Entrance for Seat<R> {
    type Room = R;

    fn seat(self) -> Result<Seat<R>> {
        Ok(self)
    }
}

mod sealed {
    use super::{Handle, Room, Seat};

    pub trait Sealed: Send {}

    impl<R: Room> Sealed for &Handle<R> {}
    impl<R: Room> Sealed for Seat<R> {}
}
