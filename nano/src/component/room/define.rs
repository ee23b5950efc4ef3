//! The definition of a room's hooks.

use std::sync::Arc;

use super::{Enter, Leave, LeaveReason, LoseRoom, LostRoom, Room, RoomEvent};
use crate::Session;
use crate::component::erased::{DefinedHook, HookMethod};
use crate::component::method::Method;
use crate::component::{Component, Definition, Hook, Trigger, entry};

impl<R: Room> Definition<R> {
    /// Makes the component a room: [`App::rooms`](crate::App::rooms) registers it, and
    /// [`App::component`](crate::App::component) refuses it.
    pub fn room(&mut self) {
        self.room.is_room = true;
    }
}

impl<E: Send + 'static> Trigger for Enter<E> {
    type Subject = Session;
    type Args = E;
    type Output = ();

    fn define<C: Component, M: Method<C, Session, E, ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let method: Arc<dyn HookMethod<Session, E>> = entry::hook::<C, _, _, _>(method);
        // The definition of a component does not know the type `E` of its rooms.
        definition.room.enter.push(Box::new(DefinedHook { moment: (), label: self.label, method }));
    }
}

impl Trigger for Leave {
    type Subject = Session;
    type Args = LeaveReason;
    type Output = ();

    fn define<C: Component, M: Method<C, Session, LeaveReason, ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let method = entry::hook::<C, _, _, _>(method);
        definition.room.leave.push(DefinedHook { moment: (), label: self.label, method });
    }
}

impl Trigger for LoseRoom {
    type Subject = Session;
    type Args = LostRoom;
    type Output = ();

    fn define<C: Component, M: Method<C, Session, LostRoom, ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let method = entry::hook::<C, _, _, _>(method);
        definition.room_lost.push(DefinedHook { moment: (), label: self.label, method });
    }
}

impl Trigger for Hook<RoomEvent> {
    type Subject = ();
    type Args = ();
    type Output = ();

    fn define<C: Component, M: Method<C, (), (), ()>>(
        self,
        definition: &mut Definition<C>,
        method: M,
    ) {
        let Self { moment, label } = self;
        let method = entry::hook::<C, _, _, _>(method);
        definition.room.events.push(DefinedHook { moment, label, method });
    }
}
