//! The dictionary and the client class of `Routes.cs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Payloads;
use super::socket::SOCKET;
use super::text::{OF_OBJECTS, docs, literal, pascal_case, xml};
use crate::emit::text::unique;
use crate::manifest::{Component, Handler, Kind, Manifest};

/// The members of the client beside its components.
const OF_CLIENT: &[&str] = &["GameClient", "On", "Socket"];

pub(super) fn write(
    manifest: &Manifest,
    types: &dyn Payloads,
    problems: &mut Vec<String>,
) -> String {
    let groups = groups(manifest, problems);
    format!(
        "{SOCKET}\n{}\n{}",
        dictionary(manifest),
        Face { types, problems }.client(manifest, &groups)
    )
}

fn dictionary(manifest: &Manifest) -> String {
    let (mut codes, mut names) = (String::new(), String::new());
    for (route, code) in manifest.dictionary() {
        let route = literal(route);
        let _ = writeln!(codes, "        {{ {route}, {code} }},");
        let _ = writeln!(names, "        {{ {code}, {route} }},");
    }
    format!(
        r#"/// <summary>The routes of the server, and the codes that may stand for them.</summary>
public static class Routes
{{
    /// <summary>The version of the dictionary. A server of the same version has no other codes.</summary>
    public const string Version = {version};

    /// <summary>The codes, by route.</summary>
    public static readonly IReadOnlyDictionary<string, ushort> Codes = new Dictionary<string, ushort>
    {{
{codes}    }};

    /// <summary>The routes, by code.</summary>
    public static readonly IReadOnlyDictionary<ushort, string> Names = new Dictionary<ushort, string>
    {{
{names}    }};
}}
"#,
        version = literal(&manifest.dict_version)
    )
}

/// The handlers of a component, or of several with one name.
struct Group<'m> {
    component: &'m Component,
    property: String,
    docs: String,
    /// By the names of their methods.
    handlers: Vec<(String, &'m Handler)>,
}

fn groups<'m>(manifest: &'m Manifest, problems: &mut Vec<String>) -> Vec<Group<'m>> {
    let mut groups: Vec<Group<'m>> = Vec::new();
    for component in manifest.components.iter().filter(|found| !found.handlers.is_empty()) {
        let property = pascal_case(&component.name);
        let name = component.name.escape_debug();
        if OF_CLIENT.contains(&property.as_str()) || OF_OBJECTS.contains(&property.as_str()) {
            problems.push(format!(
                "{} would stand at `client.{property}`, where C# has something else: rename the component `{name}`, with #[component(name = \"..\")]",
                routes(component)
            ));
        }
        let known = groups.iter().position(|group| group.property == property);
        let at = match known {
            Some(at) if groups[at].component.name == component.name => at,
            Some(at) => {
                let other = groups[at].component;
                problems.push(format!(
                    "{} and {} would both stand at `client.{property}`: rename one of the components `{}` and `{name}`, with #[component(name = \"..\")]",
                    routes(other),
                    routes(component),
                    other.name.escape_debug()
                ));
                continue;
            }
            None => {
                let docs = String::new();
                groups.push(Group { component, property, docs, handlers: Vec::new() });
                groups.len() - 1
            }
        };
        let group = &mut groups[at];
        let gap = if group.docs.is_empty() || component.docs.is_empty() { "" } else { "\n\n" };
        let _ = write!(group.docs, "{gap}{}", component.docs);
        for handler in &component.handlers {
            add(group, handler, problems);
        }
    }
    groups
}

fn add<'m>(group: &mut Group<'m>, handler: &'m Handler, problems: &mut Vec<String>) {
    let method = pascal_case(&handler.name);
    let (place, route) =
        (format!("client.{}.{method}", group.property), handler.route.escape_debug());
    if OF_OBJECTS.contains(&method.as_str()) {
        problems.push(format!(
            "`{route}` would be `{place}`, which every object of C# has: rename the handler, with #[handler(name = \"..\")]"
        ));
    }
    match group.handlers.iter().find(|(other, _)| *other == method) {
        Some((_, other)) => problems.push(format!(
            "`{}` and `{route}` would both be `{place}`: rename one of the handlers, with #[handler(name = \"..\")]",
            other.route.escape_debug()
        )),
        None => group.handlers.push((method, handler)),
    }
}

/// The routes of a component, for a person who looks for them.
fn routes(component: &Component) -> String {
    match component.handlers.as_slice() {
        [] => String::new(),
        [one] => format!("`{}`", one.route.escape_debug()),
        [first, rest @ ..] => format!("`{}` (and {} more)", first.route.escape_debug(), rest.len()),
    }
}

struct Face<'a> {
    types: &'a dyn Payloads,
    problems: &'a mut Vec<String>,
}

impl Face<'_> {
    fn client(&mut self, manifest: &Manifest, groups: &[Group<'_>]) -> String {
        // A nested class must not have the name of anything beside it or in it.
        let mut taken: BTreeSet<String> =
            groups.iter().map(|group| group.property.clone()).collect();
        taken.extend(OF_CLIENT.iter().chain(OF_OBJECTS).map(|&name| name.to_owned()));
        let mut class = |wanted: String, members: &mut dyn Iterator<Item = &str>| {
            taken.extend(members.map(str::to_owned));
            unique(&wanted, &mut taken, |at| "_".repeat(at))
        };
        let mut listeners: Vec<(String, &crate::manifest::Push)> = Vec::new();
        for push in &manifest.pushes {
            let method = pascal_case(&push.name);
            let (name, route) = (push.name.escape_debug(), push.route.escape_debug());
            if OF_OBJECTS.contains(&method.as_str()) {
                self.problems.push(format!(
                    "the push `{route}` would be `client.On.{method}`, which every object of C# has: rename the method `{name}` of its trait (#[push(name = \"..\")] keeps the route)"
                ));
            }
            match listeners.iter().find(|(other, _)| *other == method) {
                Some((_, other)) => self.problems.push(format!(
                    "the pushes `{}` and `{route}` would both be `client.On.{method}`: rename one of the methods `{}` and `{name}` (#[push(name = \"..\")] keeps the route)",
                    other.route.escape_debug(),
                    other.name.escape_debug()
                )),
                None => listeners.push((method, push)),
            }
        }
        let names: Vec<String> = groups
            .iter()
            .map(|group| {
                let mut members = group.handlers.iter().map(|(method, _)| method.as_str());
                class(format!("{}Calls", group.property), &mut members)
            })
            .collect();
        let pushes =
            class("Pushes".into(), &mut listeners.iter().map(|(method, _)| method.as_str()));

        let (mut set, mut properties, mut classes) = (String::new(), String::new(), String::new());
        for (group, name) in groups.iter().zip(&names) {
            let property = &group.property;
            let _ = writeln!(set, "        {property} = new {name}(socket);");
            let comment = if group.docs.is_empty() {
                let about = format!("The handlers of `{}`.", group.component.name);
                docs(&about, None, 4)
            } else {
                docs(&group.docs, None, 4)
            };
            let _ = write!(properties, "\n{comment}    public {name} {property} {{ get; }}\n");
            let methods: Vec<String> = group
                .handlers
                .iter()
                .map(|(method, handler)| self.method(method, handler))
                .collect();
            let about = format!("The handlers of `{}`.", group.component.name);
            classes.push_str(&nested(name, &about, &methods));
        }
        let methods: Vec<String> =
            listeners.iter().map(|(method, push)| self.listener(method, push)).collect();
        let (mut on, mut listening) = (String::new(), String::new());
        // An unused class would be a warning.
        if !methods.is_empty() {
            classes.push_str(&nested(&pushes, "What the server tells.", &methods));
            let _ = writeln!(on, "        On = new {pushes}(socket);");
            listening = format!(
                "\n    /// <summary>What the server tells.</summary>\n    public {pushes} On {{ get; }}\n"
            );
        }
        format!(
            r#"/// <summary>Calls the handlers of the server, and listens to it.</summary>
public sealed class GameClient
{{
    /// <summary>Makes a client that calls through a socket.</summary>
    public GameClient(INanoSocket socket)
    {{
        if (socket == null)
        {{
            throw new ArgumentNullException("socket");
        }}
        Socket = socket;
{on}{set}    }}

    /// <summary>The socket that it calls through.</summary>
    public INanoSocket Socket {{ get; }}
{listening}{properties}{classes}}}
"#
        )
    }

    fn method(&mut self, method: &str, handler: &Handler) -> String {
        let route = handler.route.escape_debug();
        let mut remarks = Vec::new();
        let mut parameters = Vec::new();
        let (mut payload, mut argument) = ("NanoEmpty".to_owned(), "null");
        if let Some(ty) = &handler.payload {
            let found = self.types.payload(ty, &format!("the payload of `{route}`"), self.problems);
            remarks.extend(found.remarks.map(|remarks| format!("Payload: {remarks}")));
            parameters.push(format!("{} payload", found.text));
            (payload, argument) = (found.text, "payload");
        }
        let wire = literal(&handler.route);
        let (result, call) = match (handler.kind, &handler.reply) {
            (Kind::Notify, _) => {
                ("Task".to_owned(), format!("Notify<{payload}>({wire}, {argument})"))
            }
            (Kind::Request, reply) => {
                parameters
                    .push("CancellationToken cancellation = default(CancellationToken)".into());
                let (result, reply) = match reply {
                    Some(ty) => {
                        let place = format!("the reply of `{route}`");
                        let found = self.types.payload(ty, &place, self.problems);
                        remarks.extend(found.remarks.map(|remarks| format!("Reply: {remarks}")));
                        (format!("Task<{}>", found.text), found.text)
                    }
                    None => ("Task".to_owned(), "NanoEmpty".to_owned()),
                };
                (result, format!("Request<{payload}, {reply}>({wire}, {argument}, cancellation)"))
            }
        };
        let remarks = remarks.join("\n");
        let about = if handler.docs.trim().is_empty() {
            format!("Calls `{}`.", handler.route)
        } else {
            handler.docs.clone()
        };
        format!(
            "{}        public {result} {method}({})\n        {{\n            return _socket.{call};\n        }}\n",
            docs(&about, Some(&remarks), 8),
            parameters.join(", ")
        )
    }

    fn listener(&mut self, method: &str, push: &crate::manifest::Push) -> String {
        let wire = literal(&push.route);
        let about = if push.docs.trim().is_empty() {
            format!("Listens to `{}`.", push.route)
        } else {
            push.docs.clone()
        };
        let (action, call, remarks) = match &push.message {
            Some(ty) => {
                let place = format!("the message of the push `{}`", push.route.escape_debug());
                let found = self.types.payload(ty, &place, self.problems);
                let call = format!("return _socket.On<{}>({wire}, listener);", found.text);
                (format!("Action<{}>", found.text), call, found.remarks)
            }
            None => (
                "Action".to_owned(),
                format!("return _socket.On<NanoEmpty>({wire}, delegate {{ listener(); }});"),
                None,
            ),
        };
        format!(
            "{}        public IDisposable {method}({action} listener)\n        {{\n            {call}\n        }}\n",
            docs(&about, remarks.as_deref(), 8)
        )
    }
}

/// A class inside the client.
fn nested(name: &str, about: &str, methods: &[String]) -> String {
    let methods: String = methods.iter().map(|method| format!("\n{method}")).collect();
    format!(
        r#"
    /// <summary>{}</summary>
    public sealed class {name}
    {{
        private readonly INanoSocket _socket;

        internal {name}(INanoSocket socket)
        {{
            _socket = socket;
        }}
{methods}    }}
"#,
        xml(about)
    )
}
