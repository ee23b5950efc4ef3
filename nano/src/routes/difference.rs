//! The differences between linked routes and those that the build script found, with their likely causes.

use std::collections::BTreeSet;
use std::fmt;

use super::scanned::{Routes, ScannedKind, ScannedRoute};

/// A route of a registered component or set of pushes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkedRoute {
    pub(crate) name: &'static str,
    pub(crate) kind: ScannedKind,
    /// The component's type, or the trait.
    pub(crate) owner: &'static str,
    pub(crate) method: &'static str,
}

impl LinkedRoute {
    fn is_item(&self, scanned: &ScannedRoute) -> bool {
        scanned.kind == self.kind && split(scanned.item) == Some((short(self.owner), self.method))
    }
}

impl fmt::Display for LinkedRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, owner, method, .. } = self;
        write!(f, "`{name}` ({}::{method})", short(owner))
    }
}

/// Returns the last name of a type: `Room` of `game::lobby::Room<game::Map>`.
fn short(type_name: &'static str) -> &'static str {
    let path = type_name.split('<').next().unwrap_or(type_name);
    path.rsplit("::").next().unwrap_or(path).trim()
}

/// Splits an item into its type or trait and its method.
fn split(item: &'static str) -> Option<(&'static str, &'static str)> {
    item.rsplit_once("::").map(|(owner, method)| (short(owner), method))
}

/// Lists the routes that are linked and were not found, and those that were found and are not linked, each with
/// its likely cause.
pub(crate) fn differences(linked: &[LinkedRoute], routes: &Routes) -> Vec<String> {
    let comparison = Comparison::new(linked, routes);
    let mut problems = Vec::new();
    // A found route that a problem has named already is not reported again as absent.
    let mut explained = BTreeSet::new();
    for route in linked {
        if comparison.is_scanned(route.name, route.kind) {
            continue;
        }
        let (cause, other) = comparison.cause(route);
        explained.extend(other);
        problems.push(match route.kind {
            ScannedKind::Handler => format!("{route} is not in the scanned routes: {cause}"),
            ScannedKind::Push => format!("the push {route} is not in the scanned routes: {cause}"),
        });
    }
    if routes.is_partial() {
        return problems;
    }
    for scanned in comparison.absent().filter(|scanned| !explained.contains(scanned.name)) {
        let ScannedRoute { name, place, item, .. } = scanned;
        problems.push(format!(
            "`{name}` was found at {place} ({item}), but no registered component has it: add \
             `.component(..)`, or use `Routes::partial` if this app serves only some of them"
        ));
    }
    problems
}

struct Comparison<'a> {
    routes: &'a [ScannedRoute],
    linked: BTreeSet<(&'a str, bool)>,
}

fn is_handler(kind: ScannedKind) -> bool {
    kind == ScannedKind::Handler
}

impl<'a> Comparison<'a> {
    fn new(linked: &[LinkedRoute], routes: &Routes) -> Self {
        let linked = linked.iter().map(|route| (route.name, is_handler(route.kind))).collect();
        Self { routes: routes.entries(), linked }
    }

    fn is_scanned(&self, name: &str, kind: ScannedKind) -> bool {
        self.routes.iter().any(|scanned| scanned.name == name && scanned.kind == kind)
    }

    fn is_linked(&self, scanned: &ScannedRoute) -> bool {
        self.linked.contains(&(scanned.name, is_handler(scanned.kind)))
    }

    /// Returns the handlers that were found and are not linked. A push needs no registration.
    fn absent(&self) -> impl Iterator<Item = &'a ScannedRoute> {
        let routes: &'a [ScannedRoute] = self.routes;
        routes.iter().filter(|scanned| is_handler(scanned.kind) && !self.is_linked(scanned))
    }

    /// Returns the likely reason why the build script missed a route, and the name of the found route that stands
    /// for it, if there is one.
    fn cause(&self, route: &LinkedRoute) -> (String, Option<&'a str>) {
        let routes: &'a [ScannedRoute] = self.routes;
        if let Some(clash) = routes.iter().find(|scanned| scanned.name == route.name) {
            let (here, there) = match route.kind {
                ScannedKind::Handler => ("handler", "push"),
                ScannedKind::Push => ("push", "handler"),
            };
            let ScannedRoute { name, place, item, .. } = clash;
            let cause = format!(
                "it is a {here}, but the build script found a {there} of that name at {place} ({item})"
            );
            return (cause, Some(name));
        }
        let unclaimed = |scanned: &&ScannedRoute| !self.is_linked(scanned);
        let renamed = routes.iter().filter(unclaimed).find(|scanned| route.is_item(scanned));
        if let Some(ScannedRoute { name, place, .. }) = renamed {
            let cause = format!(
                "it was renamed: the build script found it as `{name}` at {place}; does the name depend \
                 on a cfg that the build script does not know?"
            );
            return (cause, Some(name));
        }
        let alike = |scanned: &&ScannedRoute| {
            scanned.kind == route.kind && plain(scanned.name).eq(plain(route.name))
        };
        if let Some(ScannedRoute { name, place, item, .. }) =
            routes.iter().filter(unclaimed).find(alike)
        {
            let cause = format!(
                "the build script found `{name}` at {place} ({item}): is one of them misspelt?"
            );
            return (cause, Some(name));
        }
        let owner = short(route.owner);
        let others: Vec<&ScannedRoute> = routes
            .iter()
            .filter(|scanned| scanned.kind == route.kind)
            .filter(|scanned| split(scanned.item).is_some_and(|(of, _)| of == owner))
            .collect();
        if let Some(first) = others.first() {
            let names: Vec<_> = others.iter().map(|other| format!("`{}`", other.name)).collect();
            let (names, place) = (names.join(", "), first.place);
            let cause = format!(
                "the build script found {names} in {owner} at {place}, but not this method; is it behind \
                 a cfg that the build script does not know?"
            );
            return (cause, None);
        }
        let what = if is_handler(route.kind) { "component" } else { "trait" };
        let cause = format!(
            "the build script did not see it; is the {what} made by a macro, behind a cfg that the \
             build script does not know, or in another crate that is not among its roots?"
        );
        (cause, None)
    }
}

/// Returns the characters of a name in lower case and without `_`, so that misspelt names compare equal.
fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
