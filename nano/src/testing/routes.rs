//! A check that the build script found the routes that are linked.

use crate::App;

/// Checks that the app's components and pushes are those that the build script found, as
/// [`App::start`] does, but without starting anything: it works outside of a runtime, and opens no
/// socket.
///
/// # Panics
///
/// Panics with every difference and its likely cause; also when the app has no [`App::routes`].
///
/// # Examples
///
/// Run as a test, it finds a difference before the deployed app fails to start:
///
/// ```
/// # use nano::__private::{ScannedKind, ScannedRoute};
/// # mod nano {
/// #     pub use ::nano::*;
/// #     macro_rules! scanned { () => { ROUTES } }
/// #     pub(crate) use scanned as include_routes;
/// # }
/// # const ROUTES: ::nano::Routes = ::nano::__private::routes("3f2a9c0d11223344", &[ScannedRoute {
/// #     name: "room.join", code: 2, kind: ScannedKind::Handler, place: "src/room.rs", item: "Room::join",
/// # }]);
/// # struct Room;
/// # #[::nano::component(crate = ::nano)]
/// # impl Room { #[handler] fn join(&self) {} }
/// fn app() -> nano::App {
///     nano::App::new().routes(nano::include_routes!()).component(Room)
/// }
///
/// nano::testing::assert_routes(&app());
/// ```
#[track_caller]
pub fn assert_routes(app: &App) {
    let Some(differences) = app.route_differences() else {
        panic!("expected an app with scanned routes: call App::routes(nano::include_routes!())");
    };
    assert!(
        differences.is_empty(),
        "expected the routes that the build script found, but they differ ({})\n  - {}",
        differences.len(),
        differences.join("\n  - ")
    );
}
