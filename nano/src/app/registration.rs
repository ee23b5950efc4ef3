//! Components on their way from registration to instance.

use std::any::TypeId;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::component::{
    BoundHandshake, BoundHook, BoundTimer, Component, Components, DefinedRoute, Definition,
    Instance, Lifecycle, RoomIds, RouteInfo,
};
use crate::dispatch::SessionHooks;
use crate::routes::{RouteHandler, Target};
use crate::serializer::{Serializer, Shape};
#[cfg(feature = "cluster")]
use crate::{Node, component::NodeEvent};

/// A component before the app starts, whatever its type.
pub(super) trait Registration: Send {
    fn name(&self) -> &'static str;
    fn type_id(&self) -> TypeId;
    fn type_name(&self) -> &'static str;
    fn routes(&self) -> Vec<&RouteInfo>;
    /// The names of the handshake hooks.
    fn handshakes(&self) -> Vec<&'static str>;
    /// Reports the payloads and replies that the serializer cannot handle, and the timers that cannot run.
    fn check(&self, serializer: &dyn Serializer, problems: &mut Vec<String>);
    /// Makes the instance, and adds it to the registry that `weak` will stand for.
    fn build(
        self: Box<Self>,
        registry: &mut Components,
        weak: &Weak<Components>,
        built: &mut Built,
    );
}

/// A component that the app has one of.
pub(super) struct Registered<C: Component> {
    component: C,
    definition: Definition<C>,
}

impl<C: Component> Registered<C> {
    pub(super) fn new(component: C) -> Self {
        Self { component, definition: Definition::of_component() }
    }
}

/// The parts of a running app that its components are built into, and the time of a room's hook.
pub(super) struct Built {
    pub(super) handlers: Vec<RouteHandler>,
    pub(super) session_hooks: SessionHooks,
    #[cfg(feature = "cluster")]
    pub(super) node_hooks: Vec<(NodeEvent, BoundHook<Node>)>,
    pub(super) handshake: Option<BoundHandshake>,
    pub(super) lifecycle: Vec<(Lifecycle, BoundHook<()>)>,
    pub(super) timers: Vec<BoundTimer>,
    pub(super) room_ids: Arc<RoomIds>,
    pub(super) hook_limit: Duration,
}

impl Built {
    pub(super) fn new(hook_limit: Duration) -> Self {
        Self {
            handlers: Vec::new(),
            session_hooks: SessionHooks::default(),
            #[cfg(feature = "cluster")]
            node_hooks: Vec::new(),
            handshake: None,
            lifecycle: Vec::new(),
            timers: Vec::new(),
            room_ids: Arc::default(),
            hook_limit,
        }
    }
}

impl<C: Component> Registration for Registered<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<C>()
    }

    fn type_name(&self) -> &'static str {
        std::any::type_name::<C>()
    }

    fn routes(&self) -> Vec<&RouteInfo> {
        self.definition.routes.iter().map(|route| &route.info).collect()
    }

    fn handshakes(&self) -> Vec<&'static str> {
        self.definition.handshakes.iter().map(|hook| hook.label).collect()
    }

    fn check(&self, serializer: &dyn Serializer, problems: &mut Vec<String>) {
        check_messages(&self.definition.routes, serializer, problems);
        self.definition.timers.iter().for_each(|timer| timer.check(problems));
        if self.definition.room.is_room {
            problems.push(format!(
                "`{}` is a room, of which there are many: register it with `App::rooms`, not \
                 `App::component`",
                C::NAME
            ));
        }
    }

    fn build(
        self: Box<Self>,
        registry: &mut Components,
        weak: &Weak<Components>,
        built: &mut Built,
    ) {
        let Self { component, definition } = *self;
        let instance = Instance::new(component, weak.clone(), registry.life());
        built.handlers.extend(
            definition
                .routes
                .iter()
                .map(|route| RouteHandler::new(route, Target::Instance(instance.any()))),
        );
        for hook in &definition.lifecycle {
            built.lifecycle.push((hook.moment, hook.bind(instance.any())));
        }
        for hook in &definition.session_hooks {
            built.session_hooks.add(hook.moment, hook.bind(instance.any()));
        }
        #[cfg(feature = "cluster")]
        for hook in &definition.node_hooks {
            built.node_hooks.push((hook.moment, hook.bind(instance.any())));
        }
        #[cfg(feature = "cluster")]
        for hook in &definition.room_lost {
            built.session_hooks.add_room_lost(hook.bind(instance.any()));
        }
        if let Some(hook) = definition.handshakes.first() {
            built.handshake = Some(hook.bind(instance.any()));
        }
        built
            .timers
            .extend(definition.timers.iter().filter_map(|timer| timer.bind(instance.any())));
        registry.insert::<Instance<C>>(instance.any());
    }
}

/// Reports the messages that the serializer cannot handle.
pub(super) fn check_messages(
    routes: &[DefinedRoute],
    serializer: &dyn Serializer,
    problems: &mut Vec<String>,
) {
    for route in routes {
        for (what, side) in ["payload", "reply"].into_iter().zip(route.sides) {
            if side.shape.is_some_and(|shape| !serializer.supports(shape)) {
                problems.push(format!(
                    "the {what} of `{}` is {}, which the {} serializer cannot handle{}",
                    route.info.name(),
                    side.type_name,
                    serializer.name(),
                    hint(side.shape)
                ));
            }
        }
    }
}

fn hint(shape: Option<Shape>) -> &'static str {
    match shape {
        Some(shape) if shape.serde && !shape.protobuf => ": it has serde, but no prost::Message",
        Some(shape) if shape.protobuf && !shape.serde => ": it has prost::Message, but no serde",
        _ => "",
    }
}
