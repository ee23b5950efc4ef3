//! References to rooms, on this node or another.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::admit::Entering;
use super::directory::room_closed;
use super::{Room, RoomId, RoomSet};
use crate::component::{Component, Components, Context, Handle};
use crate::session::{AppCaller, CallTarget, Nodes};
#[cfg(feature = "cluster")]
use crate::session::{Depth, RoomEntry};
use crate::{Error, ErrorKind, Result, Session};

/// A room with a name, wherever it is in the cluster, from [`Context::find`](crate::Context::find).
///
/// A session [enters](crate::Session::enter) it from any node. What else can be done with a room, its node does: a
/// [`Handle`] is had [`here`](Self::here) only. Without a cluster every room is here.
///
/// # Examples
///
/// ```
/// use nano::{component, Context, Result, Session};
///
/// #[derive(Default)]
/// struct Zone;
///
/// #[component(room)]
/// impl Zone {}
///
/// struct Travel;
///
/// #[component]
/// impl Travel {
///     #[handler]
///     async fn go(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<()> {
///         let zone = ctx.find::<Zone>(&zone).await?;
///         session.leave::<Zone>();
///         session.enter(&zone).await
///     }
/// }
/// ```
pub struct RoomRef<R: Room> {
    name: Arc<str>,
    id: RoomId,
    node: u32,
    here: Option<Handle<R>>,
}

impl<R: Room> RoomRef<R> {
    /// Returns the name of the room.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the id of the room, which is unique among the rooms of its node.
    pub fn id(&self) -> RoomId {
        self.id
    }

    /// Returns the number of the room's node; 0 without a cluster.
    pub fn node(&self) -> u32 {
        self.node
    }

    /// Returns the room, if it is on this node.
    pub fn here(&self) -> Option<&Handle<R>> {
        self.here.as_ref()
    }

    /// Lets a session enter the room on its node.
    #[cfg(feature = "cluster")]
    pub(super) fn enter_there<'a>(&self, session: &'a Session, value: &R::Entry) -> Entering<'a>
    where
        R::Entry: Serialize,
    {
        let value = serde_json::to_vec(value);
        let (node, room) = (self.node, self.id.get());
        Box::pin(async move {
            let value = value.map_err(|error| {
                let text = format!("the value for the rooms `{}` does not encode", R::NAME);
                Error::with_source(ErrorKind::Encode, text, error)
            })?;
            let ended = || Error::new(ErrorKind::Closed, "the app has ended");
            let calls = session.calls().ok_or_else(ended)?;
            let (session, value) = (session.clone(), value.into());
            let (component, depth) = (R::NAME, Depth::current().next());
            let entry = RoomEntry { session, component, node, room, value, depth };
            calls.enter_room(entry).await
        })
    }

    /// There are no other nodes.
    #[cfg(not(feature = "cluster"))]
    pub(super) fn enter_there<'a>(&self, _: &'a Session, _: &R::Entry) -> Entering<'a>
    where
        R::Entry: Serialize,
    {
        Box::pin(std::future::ready(Err(room_closed())))
    }
}

impl Nodes {
    /// A caller of a room, on whichever node it is: of its handlers that take no session.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context, Result};
    ///
    /// #[derive(Default)]
    /// struct Zone { rain: bool }
    ///
    /// #[component(room)]
    /// impl Zone {
    ///     #[handler(internal)]
    ///     fn set_rain(&mut self, rain: bool) -> Result<()> {
    ///         self.rain = rain;
    ///         Ok(())
    ///     }
    /// }
    ///
    /// struct Weather;
    ///
    /// #[component]
    /// impl Weather {
    ///     #[handler(internal)]
    ///     async fn rain(&self, zone: String, ctx: &Context<Self>) -> Result<()> {
    ///         let zone = ctx.find::<Zone>(&zone).await?;
    ///         ZoneClient::new(&ctx.node().room(&zone)).set_rain(&true).await
    ///     }
    /// }
    /// ```
    pub fn room<R: Room>(&self, room: &RoomRef<R>) -> AppCaller {
        self.caller(CallTarget::Room(room.node, room.id.get()))
    }
}

impl<C: Component> Handle<C> {
    /// Finds a room by its name. See [`Context::find`].
    ///
    /// # Errors
    ///
    /// As [`Context::find`].
    pub async fn find<R: Room>(&self, name: &str) -> Result<RoomRef<R>> {
        let registry = self.place().instance.registry.upgrade();
        find(&*registry.ok_or_else(|| self.place().instance.closed())?, name).await
    }
}

impl<C: Component> Context<C> {
    /// Finds a room by its name, on this node or, in a cluster, on any.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RoomClosed`] when no room of the type has the name; [`ErrorKind::Config`] when the app has no such rooms
    /// and is in no cluster; [`ErrorKind::Unavailable`] when the registry of the cluster cannot be reached.
    pub async fn find<R: Room>(&self, name: &str) -> Result<RoomRef<R>> {
        self.as_handle().find(name).await
    }
}

async fn find<R: Room>(components: &Components, name: &str) -> Result<RoomRef<R>> {
    let set = components.rooms::<RoomSet<R>>();
    let here = set.as_ref().and_then(|set| RoomSet::handle(&*set.directory.named(name)?));
    #[cfg(feature = "cluster")]
    if let Some(everywhere) = components.directory().everywhere() {
        let own = everywhere.number();
        if let Some(here) = here {
            return Ok(RoomRef { name: name.into(), id: here.id(), node: own, here: Some(here) });
        }
        return match everywhere.find_room(R::NAME, name).await? {
            Some((node, id)) if node != own => {
                Ok(RoomRef { name: name.into(), id: id.into(), node, here: None })
            }
            _ => Err(room_closed()),
        };
    }
    match (here, set) {
        (Some(here), _) => {
            Ok(RoomRef { name: name.into(), id: here.id(), node: 0, here: Some(here) })
        }
        (None, Some(_)) => Err(room_closed()),
        (None, None) => Err(no_rooms::<R>()),
    }
}

/// The error of an app without the type.
pub(super) fn no_rooms<R: Room>() -> Error {
    Error::new(ErrorKind::Config, format!("the app has no rooms `{}`: call `App::rooms`", R::NAME))
}

impl<R: Room> Clone for RoomRef<R> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), id: self.id, node: self.node, here: self.here.clone() }
    }
}

impl<R: Room> fmt::Debug for RoomRef<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoomRef")
            .field("room", &R::NAME)
            .field("name", &self.name)
            .field("node", &self.node)
            .field("id", &self.id)
            .finish()
    }
}
