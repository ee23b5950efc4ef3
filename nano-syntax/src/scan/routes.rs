//! The routes of a crate, all components and pushes together.

use super::error::{ErrorKind, Location, ScanError};
use super::model::{Route, RouteKind, ScannedCrate, ScannedEvent, TypeUse};

impl ScannedCrate {
    /// Lists the routes in the order of their names, in which a dictionary numbers them.
    ///
    /// A name occurs once for each kind: pushes of several traits may share one.
    pub fn routes(&self) -> Vec<Route> {
        let handlers = self.components.iter().flat_map(|component| &component.handlers);
        let handlers = handlers.map(|handler| Route {
            name: handler.handler.route.clone(),
            kind: RouteKind::Handler,
            at: handler.at.clone(),
        });
        let pushes = self.events().map(|event| Route {
            name: event.event.route.clone(),
            kind: RouteKind::Push,
            at: event.at.clone(),
        });
        let mut routes: Vec<Route> = handlers.chain(pushes).collect();
        routes.sort_by(|a, b| (&a.name, a.kind).cmp(&(&b.name, b.kind)));
        routes.dedup_by(|b, a| (&a.name, a.kind) == (&b.name, b.kind));
        routes
    }

    fn events(&self) -> impl Iterator<Item = &ScannedEvent> {
        self.pushes.iter().flat_map(|push| &push.events)
    }

    /// The routes that are claimed twice.
    pub(super) fn clashes(&self) -> Vec<ScanError> {
        let mut clashes = Vec::new();
        let mut seen = std::collections::HashMap::new();
        for component in &self.components {
            for handler in &component.handlers {
                let route = &handler.handler.route;
                match seen.get(route) {
                    None => drop(seen.insert(route, &handler.at)),
                    Some(first) => clash("route", route, &handler.at, first, "", &mut clashes),
                }
            }
        }
        let mut seen = std::collections::HashMap::new();
        for event in self.events() {
            let route = &event.event.route;
            match seen.get(route) {
                None => drop(seen.insert(route, event)),
                // Several traits may push one route, as long as the message is the same.
                Some(first) if is_same(first.message.as_ref(), event.message.as_ref()) => {}
                Some(first) => clash(
                    "push",
                    route,
                    &event.at,
                    &first.at,
                    " with another message",
                    &mut clashes,
                ),
            }
        }
        clashes
    }
}

fn clash(
    what: &str,
    route: &str,
    at: &Location,
    first: &Location,
    how: &str,
    clashes: &mut Vec<ScanError>,
) {
    let error =
        |at: &Location, message| ScanError { kind: ErrorKind::Route, at: at.clone(), message };
    clashes.push(error(at, format!("the {what} `{route}` is taken already{how}, at {first}")));
    clashes.push(error(first, format!("`{route}` is first taken here")));
}

/// Returns `true` if two messages are of one type, as far as names tell.
fn is_same(a: Option<&TypeUse>, b: Option<&TypeUse>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.tree == b.tree,
        _ => false,
    }
}
