//! The rooms of an app: their registration, and their list.

use std::any::TypeId;
use std::sync::Weak;

use tokio::runtime::Handle;

use super::registration::{Built, Registration, check_messages};
use super::{App, Server};
use crate::component::{
    Components, Definition, Room, RoomSet, RoomType, Rooms, RouteInfo, Surroundings,
};
use crate::routes::{RouteHandler, Target};
use crate::serializer::Serializer;

impl App {
    /// Adds a type of rooms, of which the app opens as many as it needs. The guide is [`rooms`](crate::rooms).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, App, RoomType};
    ///
    /// #[derive(Default)]
    /// struct Table;
    ///
    /// #[component(room)]
    /// impl Table {}
    ///
    /// let app = App::new().rooms(RoomType::<Table>::new().max_members(4));
    /// ```
    pub fn rooms<R: Room>(mut self, rooms: RoomType<R>) -> Self {
        self.components
            .push(Box::new(RegisteredRooms { rooms, definition: Definition::of_component() }));
        self
    }
}

impl Server {
    /// Returns the rooms of type `R`; `None` when the app has none.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, App, RoomType};
    ///
    /// #[derive(Default)]
    /// struct Table;
    ///
    /// #[component(room)]
    /// impl Table {}
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> nano::Result<()> {
    /// let server = App::new().rooms(RoomType::<Table>::new()).start().await?;
    /// let tables = server.rooms::<Table>().expect("they are registered");
    /// let table = tables.open(Table)?;
    /// assert_eq!(tables.list()[0].id, table.id());
    /// assert!(tables.close(table.id()));
    /// # server.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn rooms<R: Room>(&self) -> Option<Rooms<R>> {
        self.core().components.rooms().map(Rooms::new)
    }
}

/// A type of rooms.
struct RegisteredRooms<R: Room> {
    rooms: RoomType<R>,
    definition: Definition<R>,
}

impl<R: Room> Registration for RegisteredRooms<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<R>()
    }

    fn type_name(&self) -> &'static str {
        std::any::type_name::<R>()
    }

    fn routes(&self) -> Vec<&RouteInfo> {
        self.definition.routes.iter().map(|route| &route.info).collect()
    }

    fn handshakes(&self) -> Vec<&'static str> {
        // The macro allows no such hook on rooms: there are none yet when a client announces itself.
        Vec::new()
    }

    fn check(&self, serializer: &dyn Serializer, problems: &mut Vec<String>) {
        check_messages(&self.definition.routes, serializer, problems);
        self.rooms.check(&self.definition, problems);
    }

    fn build(
        self: Box<Self>,
        registry: &mut Components,
        weak: &Weak<Components>,
        built: &mut Built,
    ) {
        let Self { rooms, definition } = *self;
        let target = || Target::Room(TypeId::of::<R>());
        let routes = definition.routes.iter();
        built.handlers.extend(routes.map(|route| RouteHandler::new(route, target())));
        let around = Surroundings {
            registry: weak.clone(),
            life: registry.life().clone(),
            ids: built.room_ids.clone(),
            hook_limit: built.hook_limit,
            home: Handle::current(),
        };
        let set: std::sync::Arc<RoomSet<R>> = rooms.build(definition, around);
        registry.insert_rooms(set);
    }
}
