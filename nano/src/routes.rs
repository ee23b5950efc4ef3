//! Routes by name and by code.

mod difference;
mod scanned;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::component::{AnyInstance, DefinedRoute, DispatchRoute, Incoming, RouteInfo, Step};
use crate::session::Session;

pub(crate) use difference::{LinkedRoute, differences};
pub use scanned::{Routes, ScannedKind, ScannedRoute};

/// The routes that have a code, so that two bytes stand for a name on the wire.
///
/// With [`App::routes`](crate::App::routes) the codes are those that the build script keeps, so that they
/// stay the same when routes come and go, and generated clients know them beforehand. Otherwise they
/// are 1..n over the sorted names of all handlers and all registered pushes. 0 is never used, because
/// stock JavaScript clients take it for "no code". Clients receive the dictionary in the handshake.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    codes: BTreeMap<&'static str, u16>,
    version: String,
}

impl Dictionary {
    /// Numbers the names. More than 65,535 do not fit; the caller has checked.
    pub(crate) fn new(names: BTreeSet<&'static str>) -> Self {
        let codes: BTreeMap<_, _> = names.into_iter().zip(1..=u16::MAX).collect();
        let version = format!("{:016x}", fingerprint(codes.keys()));
        Self { codes, version }
    }

    /// The table of the build script, as it is.
    pub(crate) fn scanned(routes: &Routes) -> Self {
        let codes = routes.entries().iter().map(|route| (route.name, route.code)).collect();
        Self { codes, version: routes.version().to_owned() }
    }

    /// The code of a route.
    pub fn code(&self, route: &str) -> Option<u16> {
        self.codes.get(route).copied()
    }

    /// All routes with their codes, by name.
    pub fn codes(&self) -> &BTreeMap<&'static str, u16> {
        &self.codes
    }

    /// A text that differs when the dictionary does. A client that has this version already is not
    /// sent the dictionary again.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// FNV-1a over the names: the codes follow from them. It must be the same in every build, which
/// the standard library's hashers do not promise.
fn fingerprint<'a>(names: impl Iterator<Item = &'a &'static str>) -> u64 {
    let bytes = names.flat_map(|name| name.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A route of a running app: its handler, and where its messages go.
pub(crate) struct RouteHandler {
    pub(crate) info: RouteInfo,
    entry: Arc<dyn DispatchRoute>,
    target: Target,
}

/// Where the messages of a route go, found when one is dispatched.
#[derive(Debug)]
pub(crate) enum Target {
    /// To the one instance of a component.
    Instance(AnyInstance),
}

impl RouteHandler {
    pub(crate) fn new(route: &DefinedRoute, target: Target) -> Self {
        Self { info: route.info, entry: route.entry.clone(), target }
    }

    /// Calls the handler with a message.
    pub(crate) fn dispatch(&self, message: Incoming<&Session>) -> Step<()> {
        match &self.target {
            Target::Instance(instance) => self.entry.dispatch(instance, message),
        }
    }
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
    // The names are the application's own: no peer can make them collide, so a fast hash will do.
    by_name: FxHashMap<&'static str, usize>,
    // By the code; there are gaps where routes were removed.
    by_code: Vec<Option<Result<usize, &'static str>>>,
    dictionary: Dictionary,
}

impl RouteTable {
    pub(crate) fn new(handlers: Vec<RouteHandler>, dictionary: Dictionary) -> Self {
        let by_name: FxHashMap<_, _> = handlers
            .iter()
            .enumerate()
            .map(|(index, handler)| (handler.info.name(), index))
            .collect();
        let highest = dictionary.codes().values().copied().max().unwrap_or(0);
        let mut by_code = vec![None; usize::from(highest) + 1];
        for (name, code) in dictionary.codes() {
            // Pushes have codes, but no handler.
            by_code[usize::from(*code)] = Some(by_name.get(name).copied().ok_or(*name));
        }
        Self { handlers, by_name, by_code, dictionary }
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    pub(crate) fn get(&self, index: usize) -> Option<&RouteHandler> {
        self.handlers.get(index)
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The handler of a code, or the name that has it without a handler here: a push, or a route that
    /// this app does not serve.
    pub(crate) fn by_code(&self, code: u16) -> Option<Result<usize, &'static str>> {
        self.by_code.get(usize::from(code)).copied().flatten()
    }

    pub(crate) fn infos(&self) -> impl Iterator<Item = &RouteInfo> {
        self.handlers.iter().map(|handler| &handler.info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_start_at_one_in_the_order_of_the_names() {
        let dictionary = Dictionary::new(["room.join", "onMessage", "room.leave"].into());
        let codes: Vec<_> = dictionary.codes().iter().map(|(name, code)| (*name, *code)).collect();
        assert_eq!(codes, [("onMessage", 1), ("room.join", 2), ("room.leave", 3)]);
        assert_eq!(dictionary.code("room.kick"), None);
    }

    fn scanned(name: &'static str, code: u16) -> ScannedRoute {
        ScannedRoute { name, code, kind: ScannedKind::Push, place: "src/room.rs", item: "Room::x" }
    }

    fn scanned_table(routes: Vec<ScannedRoute>) -> RouteTable {
        let routes = Routes::new("7", routes.leak());
        RouteTable::new(Vec::new(), Dictionary::scanned(&routes))
    }

    #[test]
    fn scanned_codes_may_have_gaps() {
        let table = scanned_table(vec![scanned("a", 9), scanned("b", 2), scanned("c", u16::MAX)]);
        assert_eq!(table.dictionary().version(), "7");
        for (code, name) in [(2, "b"), (9, "a"), (u16::MAX, "c")] {
            assert_eq!(table.by_code(code), Some(Err(name)));
            assert_eq!(table.dictionary().code(name), Some(code));
        }
        for gap in [0, 1, 3, 8, 10, u16::MAX - 1] {
            assert_eq!(table.by_code(gap), None, "{gap}");
        }
        assert_eq!(scanned_table(Vec::new()).by_code(0), None);
    }

    #[test]
    fn the_version_follows_the_names() {
        let version = |names: &[&'static str]| {
            Dictionary::new(names.iter().copied().collect()).version().to_owned()
        };
        assert_eq!(version(&["a.b", "a.c"]), version(&["a.c", "a.b"]));
        assert_ne!(version(&["a.b"]), version(&["a.b", "a.c"]));
        assert_ne!(version(&["ab", "c"]), version(&["a", "bc"]));
        // It outlives builds: clients keep it.
        assert_eq!(version(&["room.join"]), "9618e9cbf00ca1f4");
    }
}
