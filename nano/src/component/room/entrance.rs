//! The targets of `Session::enter`.

use std::pin::Pin;

use serde::Serialize;

use super::admit::{Entering, admit};
use super::claim::Claim;
use super::core::Role;
use super::{Room, RoomRef, Seat};
use crate::component::Handle;
use crate::{Result, Session};

/// What a session can enter: `&Handle<R>`, a room; [`Seat<R>`](Seat), a seat that was reserved in one; or
/// `&RoomRef<R>`, a room that may be on another node of the cluster.
pub trait Entrance: sealed::Sealed {
    /// The type of the room.
    type Room: Room;

    #[doc(hidden)]
    fn enter<'a>(
        self,
        session: &'a Session,
        value: <Self::Room as Room>::Entry,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>
    where
        Self: 'a;
}

impl<R: Room> Entrance for &Handle<R> {
    type Room = R;

    fn enter<'a>(self, session: &'a Session, value: R::Entry) -> Entering<'a>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let claim = Claim::new::<R>(session).await?;
            admit(claim, self.reserve(Role::Member)?, value).await
        })
    }
}

impl<R: Room> Entrance for Seat<R> {
    type Room = R;

    fn enter<'a>(self, session: &'a Session, value: R::Entry) -> Entering<'a>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let claim = Claim::new::<R>(session).await?;
            admit(claim, self, value).await
        })
    }
}

/// The value for a room on another node is sent there.
impl<R: Room<Entry: Serialize>> Entrance for &RoomRef<R> {
    type Room = R;

    fn enter<'a>(self, session: &'a Session, value: R::Entry) -> Entering<'a>
    where
        Self: 'a,
    {
        match self.here() {
            Some(here) => here.enter(session, value),
            None => self.enter_there(session, &value),
        }
    }
}

mod sealed {
    use super::{Handle, Room, RoomRef, Seat};

    pub trait Sealed: Send {}

    impl<R: Room> Sealed for &Handle<R> {}
    impl<R: Room> Sealed for Seat<R> {}
    impl<R: Room> Sealed for &RoomRef<R> {}
}
