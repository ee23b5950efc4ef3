//! The members of a client, as `game.room.join(..)`, `game.connector.entryHandler.entry(..)` and
//! `game.on.newUser(..)`.
//!
//! Every dot in the name of a component opens a group inside of another one.

use nano_syntax::MAX_ROUTE_BYTES;

use crate::manifest::{Component, Handler, Manifest, Push};

#[cfg(test)]
mod tests;

/// The names of members in a language.
pub(super) struct Naming {
    /// The variable that stands for the client in problems.
    pub(super) client: &'static str,
    /// The member with the pushes.
    pub(super) on: &'static str,
    /// The name of a member.
    pub(super) member: fn(&str) -> String,
    /// The access to a member: `.room`
    pub(super) access: fn(&str) -> String,
    /// The reason why a member of the client itself cannot have a name.
    pub(super) refused_in_client: fn(&str) -> Option<&'static str>,
    /// The reason why no member at all can have a name.
    pub(super) refused: fn(&str) -> Option<&'static str>,
}

/// The routes of a manifest by the members that they become.
pub(super) struct Face<'m> {
    /// The members of the client that hold handlers.
    pub(super) groups: Vec<Group<'m>>,
    pub(super) pushes: Vec<(String, &'m Push)>,
    pub(super) problems: Vec<String>,
}

/// A part of a component's name, with the handlers of the component that ends in it, and the groups of those that
/// go on.
pub(super) struct Group<'m> {
    /// The member that it is.
    pub(super) member: String,
    /// The name of a component up to this part: `connector`, or `connector.entryHandler`.
    pub(super) name: &'m str,
    /// The documentation of the components whose names end here.
    pub(super) docs: String,
    pub(super) handlers: Vec<(String, &'m Handler)>,
    pub(super) groups: Vec<Group<'m>>,
    /// The component whose name ends here.
    component: Option<&'m Component>,
}

impl<'m> Group<'m> {
    fn new(member: String, name: &'m str) -> Self {
        Self {
            member,
            name,
            docs: String::new(),
            handlers: Vec::new(),
            groups: Vec::new(),
            component: None,
        }
    }

    /// The names of everything in it.
    pub(super) fn members(&self) -> impl Iterator<Item = &str> {
        let groups = self.groups.iter().map(|group| group.member.as_str());
        self.handlers.iter().map(|(member, _)| member.as_str()).chain(groups)
    }

    /// The routes in it and below.
    fn routes(&self) -> Vec<&'m str> {
        let mut routes: Vec<_> =
            self.handlers.iter().map(|(_, handler)| handler.route.as_str()).collect();
        routes.extend(self.groups.iter().flat_map(Group::routes));
        routes
    }
}

impl<'m> Face<'m> {
    pub(super) fn of(manifest: &'m Manifest, naming: &Naming) -> Self {
        let mut root = Group::new(naming.client.to_owned(), "");
        let mut problems = Vec::new();
        for component in manifest.components.iter().filter(|found| !found.handlers.is_empty()) {
            // Groups are as deep as names have parts.
            if component.name.len() > MAX_ROUTE_BYTES {
                let start: String = component.name.chars().take(40).collect();
                problems.push(format!(
                    "the name of a component is {} bytes long, the limit of a route is {MAX_ROUTE_BYTES}: `{}..`",
                    component.name.len(),
                    start.escape_debug()
                ));
                continue;
            }
            add(&mut root, component, naming, &mut problems);
        }
        check_levels(&root, naming.client, naming, &mut problems);
        let pushes = pushes(manifest, naming, &mut problems);
        Self { groups: root.groups, pushes, problems }
    }
}

fn add<'m>(
    root: &mut Group<'m>,
    component: &'m Component,
    naming: &Naming,
    problems: &mut Vec<String>,
) {
    let routes = shown(component.handlers.iter().map(|handler| handler.route.as_str()));
    let mut group = root;
    let mut place = naming.client.to_owned();
    for (end, part) in ends(&component.name) {
        let member = (naming.member)(part);
        let is_first = end == part.len();
        place += &(naming.access)(&member);
        let in_client = is_first.then(|| (naming.refused_in_client)(&member)).flatten();
        if let Some(reason) = in_client.or_else(|| (naming.refused)(&member)) {
            problems.push(format!(
                "{routes} would stand at `{place}`, {reason}: rename the component `{}`, with #[component(name = \"..\")]",
                component.name.escape_debug()
            ));
        }
        let known = group.groups.iter().position(|group| group.member == member);
        let at = known.unwrap_or_else(|| {
            group.groups.push(Group::new(member, &component.name[..end]));
            group.groups.len() - 1
        });
        group = &mut group.groups[at];
    }
    match group.component {
        // One name, several impl blocks.
        Some(other) if other.name == component.name => {}
        Some(other) => {
            let others = shown(other.handlers.iter().map(|handler| handler.route.as_str()));
            problems.push(format!(
                "{others} and {routes} would both stand at `{place}`: rename one of the components `{}` and `{}`, with #[component(name = \"..\")]",
                other.name.escape_debug(),
                component.name.escape_debug()
            ));
            return;
        }
        None => group.component = Some(component),
    }
    if !component.docs.is_empty() {
        let gap = if group.docs.is_empty() { "" } else { "\n\n" };
        group.docs = format!("{}{gap}{}", group.docs, component.docs);
    }
    for handler in &component.handlers {
        add_handler(group, handler, &place, naming, problems);
    }
}

/// The parts of a name, each with the position of its end.
fn ends(name: &str) -> impl Iterator<Item = (usize, &str)> {
    name.split('.').scan(0, |end, part| {
        let start = *end;
        *end = start + part.len() + 1;
        Some((start + part.len(), part))
    })
}

fn add_handler<'m>(
    group: &mut Group<'m>,
    handler: &'m Handler,
    place: &str,
    naming: &Naming,
    problems: &mut Vec<String>,
) {
    let member = (naming.member)(&handler.name);
    let place = format!("{place}{}", (naming.access)(&member));
    let route = handler.route.escape_debug();
    if let Some(reason) = (naming.refused)(&member) {
        problems.push(format!(
            "`{route}` would be `{place}`, {reason}: rename the handler, with #[handler(name = \"..\")]"
        ));
    }
    match group.handlers.iter().find(|(other, _)| *other == member) {
        Some((_, other)) => problems.push(format!(
            "`{}` and `{route}` would both be `{place}`: rename one of the handlers, with #[handler(name = \"..\")]",
            other.route.escape_debug()
        )),
        None => group.handlers.push((member, handler)),
    }
}

/// Reports handlers that have the name of a group beside them.
fn check_levels(group: &Group<'_>, place: &str, naming: &Naming, problems: &mut Vec<String>) {
    for inner in &group.groups {
        let place = format!("{place}{}", (naming.access)(&inner.member));
        let handler = group.handlers.iter().find(|(member, _)| *member == inner.member);
        if let Some((_, handler)) = handler {
            problems.push(format!(
                "`{}` would be `{place}`, and {} would stand below it: rename the handler, with #[handler(name = \"..\")], or the component, with #[component(name = \"..\")]",
                handler.route.escape_debug(),
                shown(inner.routes().into_iter())
            ));
        }
        check_levels(inner, &place, naming, problems);
    }
}

fn pushes<'m>(
    manifest: &'m Manifest,
    naming: &Naming,
    problems: &mut Vec<String>,
) -> Vec<(String, &'m Push)> {
    let mut found: Vec<(String, &Push)> = Vec::new();
    for push in &manifest.pushes {
        let member = (naming.member)(&push.name);
        let place = [naming.on, &member].map(naming.access).concat();
        let place = format!("{}{place}", naming.client);
        let (name, route) = (push.name.escape_debug(), push.route.escape_debug());
        if let Some(reason) = (naming.refused)(&member) {
            problems.push(format!(
                "the push `{route}` would be `{place}`, {reason}: rename the method `{name}` of its trait (#[push(name = \"{route}\")] keeps the route)"
            ));
        }
        match found.iter().find(|(other, _)| *other == member) {
            Some((_, other)) => {
                let which = if other.name == push.name {
                    format!("the method `{name}` in one of the two traits")
                } else {
                    format!("one of the methods `{}` and `{name}`", other.name.escape_debug())
                };
                problems.push(format!(
                    "the pushes `{}` and `{route}` would both be `{place}`: rename {which} (#[push(name = \"..\")] keeps the route)",
                    other.route.escape_debug()
                ));
            }
            None => found.push((member, push)),
        }
    }
    found
}

/// Routes, for a person who looks for them.
fn shown<'a>(mut routes: impl ExactSizeIterator<Item = &'a str>) -> String {
    let first = routes.next().unwrap_or_default().escape_debug();
    match routes.len() {
        0 => format!("`{first}`"),
        more => format!("`{first}` (and {more} more)"),
    }
}
