//! The handlers of an app by route: by name and by code.

mod difference;
mod scanned;

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;

#[cfg(feature = "cluster")]
use crate::component::Forward;
use crate::component::{
    AnyInstance, DefinedRoute, DispatchRoute, Incoming, OpenRoom, RouteInfo, Step,
};
use crate::metrics::{Measure, Metrics, RouteMetrics, UNKNOWN_ROUTE};
use crate::session::{RoomPlace, Session};
use crate::wire::Dictionary;
use crate::{Error, ErrorKind};

pub(crate) use difference::{LinkedRoute, differences};
pub use scanned::{Routes, ScannedKind, ScannedRoute};

/// A route of a running app: its handler, and the target of its messages.
pub(crate) struct RouteHandler {
    pub(crate) info: RouteInfo,
    entry: Entry,
    /// Only sessions with a user may call it.
    needs_user: bool,
    /// There is something to check before a message is handed over.
    is_restricted: bool,
    metrics: Option<Arc<RouteMetrics>>,
}

/// The target of a route's messages, which is looked up when a message is dispatched.
#[derive(Debug)]
pub(crate) enum Target {
    /// The one instance of a component.
    Instance(AnyInstance),
    /// The room of this type that the session is in.
    Room(TypeId),
}

/// A handler and the target of its messages.
enum Entry {
    Here(Target, Arc<dyn DispatchRoute>),
    /// On another node.
    #[cfg(feature = "cluster")]
    Elsewhere(Arc<dyn Forward>),
}

impl RouteHandler {
    pub(crate) fn new(route: &DefinedRoute, target: Target) -> Self {
        Self::with_entry(route.info, Entry::Here(target, route.entry.clone()))
    }

    /// A handler on other nodes, which messages are forwarded to.
    #[cfg(feature = "cluster")]
    pub(crate) fn elsewhere(info: RouteInfo, needs_user: bool, forward: Arc<dyn Forward>) -> Self {
        let mut handler = Self::with_entry(info, Entry::Elsewhere(forward));
        handler.needs_user = needs_user;
        handler.is_restricted |= needs_user;
        handler
    }

    fn with_entry(info: RouteInfo, entry: Entry) -> Self {
        let policy = info.policy();
        let is_restricted = policy.rate().is_some() || policy.max_body().is_some();
        Self { info, entry, needs_user: false, is_restricted, metrics: None }
    }

    /// Measures the messages from now on.
    pub(crate) fn measured(mut self, metrics: Option<&Arc<Metrics>>) -> Self {
        let route = self.info.name();
        self.metrics = metrics.map(|metrics| Arc::new(RouteMetrics::new(metrics, route)));
        self
    }

    /// Returns `true` if only sessions with a user may call it.
    pub(crate) fn needs_user(&self) -> bool {
        self.needs_user
    }

    /// Returns `true` if it can only be called with a session.
    pub(crate) fn needs_session(&self) -> bool {
        match &self.entry {
            Entry::Here(Target::Room(_), _) => true,
            _ => self.info.needs_session(),
        }
    }

    /// Returns `true` if its messages go to the room that their session is in.
    pub(crate) fn is_of_room(&self) -> bool {
        matches!(&self.entry, Entry::Here(Target::Room(_), _))
    }

    /// Returns `true` if its component has ended, with the app.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(&self.entry, Entry::Here(Target::Instance(instance), _) if instance.life().is_closed())
    }

    /// Returns `true` if there is something to check before a message is handed over.
    pub(crate) fn is_restricted(&self) -> bool {
        self.is_restricted
    }

    /// Begins the measure of a message.
    #[inline]
    pub(crate) fn measure(&self) -> Measure {
        Measure::begin(self.metrics.as_ref())
    }

    /// Returns `true` if it is a handler of rooms of this type.
    pub(crate) fn is_in(&self, rooms: TypeId) -> bool {
        matches!(&self.entry, Entry::Here(Target::Room(kind), _) if *kind == rooms)
    }

    /// Calls the handler of this room with a message.
    pub(crate) fn dispatch_in(
        &self,
        room: &OpenRoom,
        message: Incoming<&Session>,
        body: &[u8],
    ) -> Step<()> {
        match &self.entry {
            Entry::Here(_, entry) => entry.dispatch(room.instance(), message, body),
            #[cfg(feature = "cluster")]
            Entry::Elsewhere(_) => self.dispatch(message, body),
        }
    }

    /// Calls the handler with a message.
    #[inline]
    pub(crate) fn dispatch(&self, message: Incoming<&Session>, body: &[u8]) -> Step<()> {
        match &self.entry {
            Entry::Here(Target::Instance(instance), entry) => {
                entry.dispatch(instance, message, body)
            }
            Entry::Here(Target::Room(kind), entry) => {
                dispatch_to_room(&**entry, *kind, message, body)
            }
            #[cfg(feature = "cluster")]
            Entry::Elsewhere(forward) => forward.forward(message, body),
        }
    }
}

/// Calls the handler of the room that the session is in.
#[inline(never)]
fn dispatch_to_room(
    entry: &dyn DispatchRoute,
    kind: TypeId,
    message: Incoming<&Session>,
    body: &[u8],
) -> Step<()> {
    let (kind, text) = match message.session().room_place(kind) {
        Some(RoomPlace::In(room)) => match OpenRoom::of(&*room) {
            Some(room) => return entry.dispatch(room.instance(), message, body),
            None => (ErrorKind::Internal, "the session's room is of another kind"),
        },
        Some(RoomPlace::Ended) => (ErrorKind::RoomClosed, "the room has ended"),
        _ => (ErrorKind::NotInRoom, "the session is in no room of this type"),
    };
    message.fail(Error::new(kind, text));
    Step::Ready(())
}

impl fmt::Debug for RouteHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.info.fmt(f)
    }
}

/// The handlers of a running app, by name and by code.
#[derive(Debug, Default)]
pub(crate) struct RouteTable {
    handlers: Vec<RouteHandler>,
    // The names are the application's own: no peer can make them collide, so a fast hash is safe.
    by_name: FxHashMap<&'static [u8], usize>,
    /// The handlers that no client reaches.
    internal: FxHashMap<&'static str, usize>,
    // Indexed by code, with gaps for routes that were removed.
    by_code: Vec<Option<Result<usize, &'static str>>>,
    /// The metrics of messages to routes that the app does not have.
    unknown: Option<Arc<RouteMetrics>>,
}

impl RouteTable {
    pub(crate) fn new(handlers: Vec<RouteHandler>, dictionary: &Dictionary) -> Self {
        let all = || handlers.iter().map(|handler| &handler.info).enumerate();
        let by_name: FxHashMap<_, _> = all()
            .filter(|(_, info)| !info.is_internal())
            .map(|(index, info)| (info.name().as_bytes(), index))
            .collect();
        let internal = all().filter(|(_, info)| info.is_internal());
        let internal = internal.map(|(index, info)| (info.name(), index)).collect();
        let highest = dictionary.codes().values().copied().max().unwrap_or(0);
        let mut by_code = vec![None; usize::from(highest) + 1];
        for (name, code) in dictionary.codes() {
            // Pushes have codes, but no handler.
            by_code[usize::from(*code)] = Some(by_name.get(name.as_bytes()).copied().ok_or(*name));
        }
        Self { handlers, by_name, internal, by_code, unknown: None }
    }

    /// Measures the messages to all routes from now on.
    pub(crate) fn measured(mut self, metrics: Option<&Arc<Metrics>>) -> Self {
        let of = |route| metrics.map(|metrics| Arc::new(RouteMetrics::new(metrics, route)));
        let handlers = std::mem::take(&mut self.handlers).into_iter();
        self.handlers = handlers.map(|handler| handler.measured(metrics)).collect();
        self.unknown = of(UNKNOWN_ROUTE);
        self
    }

    /// Returns the metrics of a route, by its name; those of unknown routes when the app does not have it, and `None` when
    /// nothing is measured.
    pub(crate) fn metrics(&self, route: &str) -> Option<&RouteMetrics> {
        let unknown = self.unknown.as_deref()?;
        let handler = self.by_name(route.as_bytes()).and_then(|index| self.get(index));
        handler.and_then(|handler| handler.metrics.as_deref()).or(Some(unknown))
    }

    /// Lets only sessions with a user call the routes that are not for guests.
    pub(crate) fn require_users(&mut self) {
        for handler in &mut self.handlers {
            handler.needs_user = !handler.info.policy().is_guest();
            handler.is_restricted |= handler.needs_user;
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&RouteHandler> {
        self.handlers.get(index)
    }

    /// Returns the index of a route's handler, by the bytes of its name.
    pub(crate) fn by_name(&self, name: &[u8]) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Returns the handler for the call of a component.
    pub(crate) fn for_call(&self, name: &str) -> Option<&RouteHandler> {
        let index = self.by_name(name.as_bytes()).or_else(|| self.internal.get(name).copied());
        self.get(index?)
    }

    /// Returns the index of a code's handler, or the name of the code's route if it has no handler here: a push, or a
    /// route that this app does not serve.
    pub(crate) fn by_code(&self, code: u16) -> Option<Result<usize, &'static str>> {
        self.by_code.get(usize::from(code)).copied().flatten()
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn handlers(&self) -> impl Iterator<Item = &RouteHandler> {
        self.handlers.iter()
    }

    pub(crate) fn infos(&self) -> impl Iterator<Item = &RouteInfo> {
        self.handlers.iter().map(|handler| &handler.info)
    }

    /// Returns the routes that sessions without a user may call.
    pub(crate) fn guest_infos(&self) -> impl Iterator<Item = &RouteInfo> {
        let is_for_guests =
            |handler: &&RouteHandler| !handler.needs_user && !handler.info.is_internal();
        let handlers = self.handlers.iter().filter(is_for_guests);
        handlers.map(|handler| &handler.info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(name: &'static str, code: u16) -> ScannedRoute {
        ScannedRoute { name, code, kind: ScannedKind::Push, place: "src/room.rs", item: "Room::x" }
    }

    fn scanned_table(routes: Vec<ScannedRoute>) -> (RouteTable, Dictionary) {
        let dictionary = Routes::new("7", routes.leak()).dictionary();
        (RouteTable::new(Vec::new(), &dictionary), dictionary)
    }

    #[test]
    fn scanned_codes_may_have_gaps() {
        let (table, dictionary) =
            scanned_table(vec![scanned("a", 9), scanned("b", 2), scanned("c", u16::MAX)]);
        assert_eq!(dictionary.version(), "7");
        for (code, name) in [(2, "b"), (9, "a"), (u16::MAX, "c")] {
            assert_eq!(table.by_code(code), Some(Err(name)));
            assert_eq!(dictionary.code(name), Some(code));
        }
        for gap in [0, 1, 3, 8, 10, u16::MAX - 1] {
            assert_eq!(table.by_code(gap), None, "{gap}");
        }
        assert_eq!(scanned_table(Vec::new()).0.by_code(0), None);
    }
}
