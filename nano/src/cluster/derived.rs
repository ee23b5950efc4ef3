//! The routes of components whose nodes do not tell their routes: nodes of Go nano.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// The most routes that clients, and that components, may ask for. Their names last as long as the process.
pub(super) const MOST: usize = 4096;

/// The longest name of a route.
const LONGEST: usize = 255;

/// Those who ask for routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// A client, which may make names up.
    Client,
    /// A component of this node.
    Component,
}

/// The outcome of the question for a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A node may have it.
    Possible,
    Unknown,
    /// Too many were asked for.
    Full,
}

/// The routes that were asked for.
#[derive(Debug, Default)]
pub(super) struct Derived {
    /// The routes that the application has named, by their components.
    named: BTreeMap<String, BTreeSet<String>>,
    by_clients: Mutex<BTreeSet<String>>,
    by_components: Mutex<BTreeSet<String>>,
}

/// Returns a route's component and handler, if it can be a name.
pub(super) fn parts(route: &str) -> Option<(&str, &str)> {
    let parts = route.rsplit_once('.').filter(|_| route.len() <= LONGEST)?;
    (!parts.0.is_empty() && !parts.1.is_empty()).then_some(parts)
}

impl Derived {
    pub(super) fn new(named: &[String]) -> Self {
        let mut this = Self::default();
        for route in named {
            if let Some((component, _)) = parts(route) {
                this.named.entry(component.to_owned()).or_default().insert(route.clone());
            }
        }
        this
    }

    /// Takes note of a route of a component that somebody asks for.
    pub(super) fn ask(&self, route: &str, component: &str, asker: Asker) -> Asked {
        let routes = match (self.named.get(component), asker) {
            (Some(named), _) if named.contains(route) => return Asked::Possible,
            (Some(_), Asker::Client) => return Asked::Unknown,
            (None, Asker::Client) => &self.by_clients,
            (_, Asker::Component) => &self.by_components,
        };
        let mut routes = routes.lock().unwrap_or_else(PoisonError::into_inner);
        if !routes.contains(route) {
            if routes.len() >= MOST {
                return Asked::Full;
            }
            routes.insert(route.to_owned());
        }
        Asked::Possible
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_clients_make_up_take_nothing_from_others() {
        let derived = Derived::new(&["Chat.Say".to_owned()]);
        for count in 0..MOST {
            assert_eq!(
                derived.ask(&format!("Free.{count}"), "Free", Asker::Client),
                Asked::Possible
            );
        }
        for (route, component, asker, asked) in [
            ("Free.More", "Free", Asker::Client, Asked::Full),
            ("Free.0", "Free", Asker::Client, Asked::Possible),
            ("Free.More", "Free", Asker::Component, Asked::Possible),
            ("Chat.Say", "Chat", Asker::Client, Asked::Possible),
            ("Chat.Made", "Chat", Asker::Client, Asked::Unknown),
            ("Chat.Made", "Chat", Asker::Component, Asked::Possible),
        ] {
            assert_eq!(derived.ask(route, component, asker), asked, "{route} of {asker:?}");
        }
        for count in 0..MOST - 2 {
            derived.ask(&format!("Own.{count}"), "Own", Asker::Component);
        }
        assert_eq!(derived.ask("Own.More", "Own", Asker::Component), Asked::Full);
    }

    #[test]
    fn a_route_has_a_component_and_a_handler() {
        let long = format!("a.{}", "b".repeat(254));
        assert_eq!(parts("a.b.c"), Some(("a.b", "c")));
        for bad in ["", ".", "a", "a.", ".a", &long] {
            assert_eq!(parts(bad), None, "{bad}");
        }
    }
}
