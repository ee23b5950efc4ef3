//! The interface of a client, as `game.room.join(..)` and `game.on.newUser(..)`.

use std::collections::BTreeMap;

use super::text::{access, camel_case};
use crate::manifest::{Component, Handler, Manifest, Push};

#[cfg(test)]
mod tests;

/// Properties of what `createClient` returns.
const TAKEN: &[&str] = &["client", "on"];

/// The routes by the properties that they become.
pub(super) struct Face<'m> {
    pub(super) components: Vec<Group<'m>>,
    pub(super) pushes: Vec<(String, &'m Push)>,
    pub(super) problems: Vec<String>,
}

/// The handlers of a component, or of several with one name.
pub(super) struct Group<'m> {
    pub(super) property: String,
    /// The documentation of all of them.
    pub(super) docs: String,
    pub(super) handlers: Vec<(String, &'m Handler)>,
}

impl<'m> Face<'m> {
    pub(super) fn of(manifest: &'m Manifest) -> Self {
        let mut problems = Vec::new();
        let components = components(manifest, &mut problems);
        let pushes = pushes(manifest, &mut problems);
        Self { components, pushes, problems }
    }
}

fn components<'m>(manifest: &'m Manifest, problems: &mut Vec<String>) -> Vec<Group<'m>> {
    let mut groups: Vec<Group<'m>> = Vec::new();
    let mut owners: BTreeMap<String, (&'m Component, usize)> = BTreeMap::new();
    for component in manifest.components.iter().filter(|found| !found.handlers.is_empty()) {
        let property = camel_case(&component.name);
        let routes = routes(component);
        if TAKEN.contains(&property.as_str()) {
            problems.push(format!(
                "{routes} would stand at `game{}`, where the client has something of its own: rename the component `{}`, with #[component(name = \"..\")]",
                access(&property), component.name
            ));
        } else if property == "then" {
            problems.push(format!(
                "{routes} would make `game.then`, which JavaScript takes for a promise: rename the component `{}`, with #[component(name = \"..\")]",
                component.name
            ));
        }
        let group = match owners.get(&property) {
            // One name, several impl blocks.
            Some(&(other, at)) if other.name == component.name => &mut groups[at],
            Some((other, _)) => {
                problems.push(format!(
                    "{} and {routes} would both stand at `game{}`: rename one of the components `{}` and `{}`, with #[component(name = \"..\")]",
                    self::routes(other), access(&property), other.name, component.name
                ));
                continue;
            }
            None => {
                owners.insert(property.clone(), (component, groups.len()));
                groups.push(Group { property, docs: String::new(), handlers: Vec::new() });
                groups.last_mut().expect("it was just pushed")
            }
        };
        if !component.docs.is_empty() {
            let gap = if group.docs.is_empty() { "" } else { "\n\n" };
            group.docs = format!("{}{gap}{}", group.docs, component.docs);
        }
        for handler in &component.handlers {
            add_handler(group, handler, problems);
        }
    }
    groups
}

fn add_handler<'m>(group: &mut Group<'m>, handler: &'m Handler, problems: &mut Vec<String>) {
    let property = camel_case(&handler.name);
    let place = format!("game{}{}", access(&group.property), access(&property));
    if property == "then" {
        problems.push(format!(
            "`{}` would make `{place}`, which JavaScript takes for a promise: rename the handler, with #[handler(name = \"..\")]",
            handler.route
        ));
    }
    match group.handlers.iter().find(|(other, _)| *other == property) {
        Some((_, other)) => problems.push(format!(
            "`{}` and `{}` would both be `{place}`: rename one of the handlers, with #[handler(name = \"..\")]",
            other.route, handler.route
        )),
        None => group.handlers.push((property, handler)),
    }
}

fn pushes<'m>(manifest: &'m Manifest, problems: &mut Vec<String>) -> Vec<(String, &'m Push)> {
    let mut found: Vec<(String, &Push)> = Vec::new();
    for push in &manifest.pushes {
        let property = camel_case(&push.name);
        let place = format!("game.on{}", access(&property));
        if property == "then" {
            problems.push(format!(
                "the push `{}` would make `{place}`, which JavaScript takes for a promise: rename the method `{}` of its trait (#[push(name = \"{}\")] keeps the route)",
                push.route, push.name, push.route
            ));
        }
        match found.iter().find(|(other, _)| *other == property) {
            Some((_, other)) => {
                let which = if other.name == push.name {
                    format!("the method `{}` in one of the two traits", push.name)
                } else {
                    format!("one of the methods `{}` and `{}`", other.name, push.name)
                };
                problems.push(format!(
                    "the pushes `{}` and `{}` would both be `{place}`: rename {which} (#[push(name = \"..\")] keeps the route)",
                    other.route, push.route
                ));
            }
            None => found.push((property, push)),
        }
    }
    found
}

/// The routes of a component, for a person who looks for them.
fn routes(component: &Component) -> String {
    let names: Vec<_> =
        component.handlers.iter().map(|found| format!("`{}`", found.route)).collect();
    match names.as_slice() {
        [first, _, ..] => format!("{first} (and {} more)", names.len() - 1),
        _ => names.concat(),
    }
}
