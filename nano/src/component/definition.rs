use std::fmt;
use std::time::Duration;

use super::dispatch::{DispatchRoute, LifecycleHook, RouteEntry, SessionHook, TimerEntry};
use super::{Call, Component, Context, Step};
use crate::serializer::{Decoder, Encoder, Shape};
use crate::{Result, Session};

/// Whether a client waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteKind {
    /// The handler returns a value or a `Result`, or takes a [`Reply`](crate::Reply).
    Request,
    /// The handler returns nothing at all. A client may still send a request, and gets an empty reply.
    Notify,
}

/// What is known of a route before it runs.
#[derive(Clone, Copy, Debug)]
pub struct RouteInfo {
    /// The route, as clients name it: `room.join`.
    pub name: &'static str,
    /// The method's name.
    pub method: &'static str,
    /// The method's doc comment.
    pub docs: &'static str,
    /// Whether the session's next message may overtake this one.
    pub concurrent: bool,
    /// Whether a client waits for an answer.
    pub kind: RouteKind,
}

/// A moment in the life of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// Before the app listens, in order of registration. An error stops the start.
    Init,
    /// After every component's `Init`, before the first connection.
    AfterInit,
    /// When shutdown begins, sessions still connected; in reverse order of registration.
    BeforeShutdown,
    /// When every session has ended; in reverse order of registration.
    Shutdown,
}

/// A moment in the life of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// The handshake is complete; runs before the session's first message.
    Opened,
    /// [`Session::bind`] gave it a user id; runs after the handler that did so.
    Bound,
    /// It has ended: after its last handler, and after it has left every group.
    Closed,
}

/// How a handler is called: with its context, its message, and how payload and reply are coded.
pub type RouteFn<C, P, R> = fn(&Context<C>, Call, Decoder<P>, Encoder<R>) -> Step<()>;
/// How a hook of the app, or a timer, is called.
pub type HookFn<C> = fn(&Context<C>) -> Step<Result<()>>;
/// How a hook of a session is called.
pub type SessionHookFn<C> = fn(&Context<C>, &Session) -> Step<Result<()>>;

/// The list of a component's handlers, hooks and timers, filled by [`Component::define`].
pub struct Definition<C: Component> {
    pub(crate) routes: Vec<DefinedRoute<C>>,
    pub(crate) lifecycle: Vec<(Lifecycle, LifecycleHook<C>)>,
    pub(crate) session_hooks: Vec<(SessionEvent, SessionHook<C>)>,
    pub(crate) timers: Vec<TimerEntry<C>>,
}

/// A route that waits for its component to be started.
pub(crate) struct DefinedRoute<C: Component> {
    pub(crate) info: RouteInfo,
    pub(crate) payload: Option<Shape>,
    pub(crate) reply: Option<Shape>,
    pub(crate) payload_type: &'static str,
    pub(crate) reply_type: &'static str,
    pub(crate) bind: Box<dyn FnOnce(Context<C>) -> Box<dyn DispatchRoute> + Send>,
}

impl<C: Component> Definition<C> {
    pub(crate) fn of_component() -> Self {
        let mut definition = Self {
            routes: Vec::new(),
            lifecycle: Vec::new(),
            session_hooks: Vec::new(),
            timers: Vec::new(),
        };
        C::define(&mut definition);
        definition
    }

    /// Adds a handler.
    ///
    /// # Examples
    ///
    /// What `#[component]` writes, by hand:
    ///
    /// ```
    /// use nano::component::{Component, Definition, RouteInfo, RouteKind, Shared};
    /// use nano::serializer::{Decoder, Encoder};
    ///
    /// struct Echo;
    ///
    /// impl Component for Echo {
    ///     const NAME: &'static str = "echo";
    ///     type Access = Shared;
    ///
    ///     fn define(definition: &mut Definition<Self>) {
    ///         definition.route(
    ///             RouteInfo {
    ///                 name: "echo.say",
    ///                 method: "say",
    ///                 docs: "Says it again.",
    ///                 concurrent: false,
    ///                 kind: RouteKind::Request,
    ///             },
    ///             Decoder::<String>::serde(),
    ///             Encoder::<String>::serde(),
    ///             |context, call, decoder, encoder| {
    ///                 let Some((call, text)) = call.decode(decoder) else {
    ///                     return nano::component::Step::ready(());
    ///                 };
    ///                 context.run_shared(move |_echo| call.finish_value(text, encoder))
    ///             },
    ///         );
    ///     }
    /// }
    /// ```
    pub fn route<P: 'static, R: 'static>(
        &mut self,
        info: RouteInfo,
        decoder: Decoder<P>,
        encoder: Encoder<R>,
        handler: RouteFn<C, P, R>,
    ) {
        self.routes.push(DefinedRoute {
            info,
            payload: decoder.shape(),
            reply: encoder.shape(),
            payload_type: std::any::type_name::<P>(),
            reply_type: std::any::type_name::<R>(),
            bind: Box::new(move |context| {
                Box::new(RouteEntry { context, decoder, encoder, handler })
            }),
        });
    }

    /// Adds a hook to the life of the app. `label` names it in logs.
    pub fn lifecycle(&mut self, moment: Lifecycle, label: &'static str, hook: HookFn<C>) {
        self.lifecycle.push((moment, LifecycleHook { label, hook }));
    }

    /// Adds a hook to the life of every session. `label` names it in logs.
    pub fn session_hook(
        &mut self,
        event: SessionEvent,
        label: &'static str,
        hook: SessionHookFn<C>,
    ) {
        self.session_hooks.push((event, SessionHook { label, hook }));
    }

    /// Adds a timer that runs from the start of the app to its shutdown. `label` names it in logs.
    pub fn every(&mut self, label: &'static str, period: Duration, body: HookFn<C>) {
        self.timers.push(TimerEntry { label, period, body });
    }
}

impl<C: Component> fmt::Debug for Definition<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes: Vec<_> = self.routes.iter().map(|route| route.info.name).collect();
        f.debug_struct("Definition").field("routes", &routes).finish_non_exhaustive()
    }
}
