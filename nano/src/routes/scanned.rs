//! The routes that a build script found in the sources.

use std::collections::BTreeMap;
use std::fmt;

use crate::wire::Dictionary;

/// The routes that the build script found, with the codes that it keeps for them: the value of
/// [`include_routes!`](crate::include_routes).
///
/// Given to [`App::routes`](crate::App::routes), it is the app's dictionary. Cheap to copy, and constant.
///
/// # Examples
///
/// ```
/// # use nano::__private::{ScannedKind, ScannedRoute};
/// # mod nano {
/// #     pub use ::nano::*;
/// #     macro_rules! scanned { () => { ROUTES } }
/// #     pub(crate) use scanned as include_routes;
/// # }
/// # const ROUTES: nano::Routes = nano::__private::routes("3f2a9c0d11223344", &[ScannedRoute {
/// #     name: "room.join", code: 2, kind: ScannedKind::Handler, place: "src/room.rs", item: "Room::join",
/// # }]);
/// const SCANNED: nano::Routes = nano::include_routes!();
/// # struct Room;
/// # #[::nano::component(crate = ::nano)]
/// # impl Room { #[handler] fn join(&self) {} }
///
/// let game = nano::App::new().routes(SCANNED).component(Room);
/// let gate = nano::App::new().routes(SCANNED.partial()); // serves none of them, knows all codes
/// # #[cfg(feature = "testing")]
/// # for app in [&game, &gate] { nano::testing::assert_routes(app) }
/// ```
#[derive(Clone, Copy)]
pub struct Routes {
    version: &'static str,
    entries: &'static [ScannedRoute],
    is_partial: bool,
}

impl Routes {
    /// Creates the table of the build script's entries.
    pub(crate) const fn new(version: &'static str, entries: &'static [ScannedRoute]) -> Self {
        Self { version, entries, is_partial: false }
    }

    /// Returns the same routes for an app that serves only some of them: it starts without the others, and answers
    /// requests to them with the error `not_found`.
    #[must_use]
    pub const fn partial(self) -> Self {
        Self { is_partial: true, ..self }
    }

    pub(crate) fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// Returns the dictionary with the codes that the build script keeps.
    pub(crate) fn dictionary(&self) -> Dictionary {
        let codes = self.entries.iter().map(|route| (route.name, route.code)).collect();
        Dictionary::with_codes(codes, self.version.to_owned())
    }

    pub(crate) fn entries(&self) -> &'static [ScannedRoute] {
        self.entries
    }

    /// Reports codes that cannot be used. The build script writes none; a hand-written table may have some.
    pub(crate) fn check(&self, problems: &mut Vec<String>) {
        let mut owners = BTreeMap::new();
        for ScannedRoute { name, code, .. } in self.entries {
            if *code == 0 {
                problems.push(format!("the scanned route `{name}` has the code 0; the least is 1"));
            } else if let Some(other) = owners.insert(*code, *name)
                && other != *name
            {
                problems.push(format!(
                    "the scanned routes `{other}` and `{name}` have the same code, {code}"
                ));
            }
        }
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes")
            .field("version", &self.version)
            .field("routes", &self.entries.len())
            .field("partial", &self.is_partial)
            .finish()
    }
}

/// A route as it stands in the sources.
#[derive(Clone, Copy, Debug)]
pub struct ScannedRoute {
    /// The name on the wire.
    pub name: &'static str,
    /// The code that stands for it, 1 at least.
    pub code: u16,
    /// The kind of the route.
    pub kind: ScannedKind,
    /// The file.
    pub place: &'static str,
    /// The type or trait, and the method: `Room::join`.
    pub item: &'static str,
}

/// The kind of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScannedKind {
    /// A push, which the server sends.
    Push,
    /// A handler, which clients call.
    Handler,
}
