//! Definitions: the handlers, hooks and timers of a component, the same for all of its instances.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::erased::{DefinedHandshake, DefinedHook, DefinedRoute, DefinedTimer};
use super::hook::{Lifecycle, NodeEvent, SessionEvent};
use super::policy::Policy;
use super::room::{LeaveReason, LostRoom, RoomEvent};
use crate::{Node, Session};

/// The list of a component's handlers, hooks and timers, filled by [`Component::define`](crate::Component::define).
///
/// Each entry says what triggers it, and gives the method in one of three forms: with a
/// [`shared`](Self::shared) borrow of the component, with the [`exclusive`](Self::exclusive) one, or as
/// a [`future`](Self::future) that borrows by itself.
///
/// # Examples
///
/// The code that `#[component]` writes, by hand:
///
/// ```
/// use nano::component::{Component, Definition, Exclusive, Every, Route, SessionEvent};
/// use nano::serializer::{decoder, encoder};
/// use nano::{Result, Session};
/// use std::time::Duration;
///
/// #[derive(Default)]
/// struct Counter { value: i64 }
///
/// impl Counter {
///     fn add(&mut self, amount: i64) -> i64 {
///         self.value += amount;
///         self.value
///     }
///
///     async fn save(&self) -> Result<()> {
///         Ok(())
///     }
///
///     fn left(&self, session: &Session) {
///         println!("{} left", session.id());
///     }
///
///     fn decay(&mut self) {
///         self.value /= 2;
///     }
/// }
///
/// impl Component for Counter {
///     const NAME: &'static str = "counter";
///     type Access = Exclusive;
///
///     fn define(on: &mut Definition<Self>) {
///         on.exclusive(
///             Route::request("counter.add")
///                 .docs("Adds to the value and answers with the sum.")
///                 .sessionless()
///                 .payload(decoder!(i64))
///                 .reply(encoder!(i64)),
///             |this, _, payload| Ok(Self::add(this, payload)),
///         );
///         on.future(Route::request("counter.save").sessionless(), |call, _| async move {
///             Ok(Self::save(&*call.shared().await?).await?)
///         });
///         on.shared(
///             SessionEvent::Closed.hook("counter.left"),
///             |this, call, _| Ok(Self::left(this, call.session())),
///         );
///         on.exclusive(
///             Every::new(Duration::from_millis(500), "counter.decay"),
///             |this, _, _| Ok(Self::decay(this)),
///         );
///     }
/// }
/// ```
pub struct Definition<C> {
    pub(crate) routes: Vec<DefinedRoute>,
    pub(crate) lifecycle: Vec<DefinedHook<Lifecycle, ()>>,
    pub(crate) session_hooks: Vec<DefinedHook<SessionEvent, Session>>,
    pub(crate) node_hooks: Vec<DefinedHook<NodeEvent, Node>>,
    pub(crate) room_lost: Vec<DefinedHook<(), Session, LostRoom>>,
    pub(crate) handshakes: Vec<DefinedHandshake>,
    pub(crate) timers: Vec<DefinedTimer>,
    /// The policy of the routes that are added now, where they do not say otherwise.
    pub(super) defaults: Policy,
    /// The hooks of a room.
    pub(crate) room: RoomDefinition,
    component: PhantomData<fn() -> C>,
}

/// The hooks that only rooms have.
#[derive(Default)]
pub(crate) struct RoomDefinition {
    pub(crate) is_room: bool,
    /// Each is a `DefinedHook<(), Session, E>`, where `E` is the value that sessions enter with.
    pub(crate) enter: Vec<Box<dyn Any + Send + Sync>>,
    pub(crate) leave: Vec<DefinedHook<(), Session, LeaveReason>>,
    pub(crate) events: Vec<DefinedHook<RoomEvent, ()>>,
}

impl<C> Definition<C> {
    /// A definition of nothing.
    pub(super) fn new() -> Self {
        Self {
            routes: Vec::new(),
            lifecycle: Vec::new(),
            session_hooks: Vec::new(),
            node_hooks: Vec::new(),
            room_lost: Vec::new(),
            handshakes: Vec::new(),
            timers: Vec::new(),
            defaults: Policy::new(),
            room: RoomDefinition::default(),
            component: PhantomData,
        }
    }

    /// Gives the routes that `fill` adds a policy, for what they do not say themselves. Within `fill`, `defaults` may be
    /// called again: the inner one wins.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::component::{Component, Definition, Policy, Route, Shared};
    ///
    /// struct Shop;
    ///
    /// impl Component for Shop {
    ///     const NAME: &'static str = "shop";
    ///     type Access = Shared;
    ///
    ///     fn define(on: &mut Definition<Self>) {
    ///         on.defaults(Policy::new().max_body(1024), |on| {
    ///             on.shared(Route::request("shop.buy"), |_, _, _| Ok(()));
    ///             on.shared(
    ///                 Route::request("shop.restock").policy(Policy::new().max_body(None)),
    ///                 |_, _, _| Ok(()),
    ///             );
    ///         });
    ///     }
    /// }
    /// ```
    pub fn defaults(&mut self, policy: Policy, fill: impl FnOnce(&mut Self)) {
        let outer = self.defaults;
        self.defaults = policy.or(outer);
        fill(self);
        self.defaults = outer;
    }
}

impl<C> fmt::Debug for Definition<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes: Vec<_> = self.routes.iter().map(|route| route.info.name()).collect();
        f.debug_struct("Definition").field("routes", &routes).finish_non_exhaustive()
    }
}
