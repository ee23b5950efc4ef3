//! The dictionary and the client class of `Routes.cs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Payloads;
use super::text::{OF_OBJECTS, docs, literal, pascal_case, xml};
use crate::emit::face::{Face, Group, Naming};
use crate::emit::text::unique;
use crate::manifest::{Handler, Kind, Manifest, Push};

/// The types of the runtime, `clients/csharp`, that the client uses.
const SOCKET: &str = "global::Nano.INanoSocket";
const EMPTY: &str = "global::Nano.NanoEmpty";

/// The members of the client beside its components.
const OF_CLIENT: &[&str] = &["GameClient", "On", "Socket"];

/// The names of members in C#.
const NAMING: Naming = Naming {
    client: "client",
    on: "On",
    member: pascal_case,
    access: |member| format!(".{member}"),
    refused_in_client: |member| {
        OF_CLIENT.contains(&member).then_some("where the client has something of its own")
    },
    refused: |member| OF_OBJECTS.contains(&member).then_some("which every object of C# has"),
};

pub(super) fn write(
    manifest: &Manifest,
    types: &dyn Payloads,
    problems: &mut Vec<String>,
) -> String {
    let face = Face::of(manifest, &NAMING);
    problems.extend_from_slice(&face.problems);
    format!(
        "{}\n{}",
        dictionary(manifest),
        Client { types, problems, taken: BTreeSet::new() }.write(&face)
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

/// The class of the client, which is being written.
struct Client<'a> {
    types: &'a dyn Payloads,
    problems: &'a mut Vec<String>,
    /// The names that the next class cannot have.
    taken: BTreeSet<String>,
}

impl Client<'_> {
    fn write(&mut self, face: &Face<'_>) -> String {
        let members = face.groups.iter().map(|group| group.member.as_str());
        self.take(members.chain(OF_CLIENT.iter().chain(OF_OBJECTS).copied()));
        let mut classes = String::new();
        let (set, properties) = self.groups(&face.groups, "", 4, &mut classes);
        self.take(face.pushes.iter().map(|(method, _)| method.as_str()));
        let pushes = self.unique("Pushes");
        let methods: Vec<String> =
            face.pushes.iter().map(|(method, push)| self.listener(method, push)).collect();
        let (mut on, mut listening) = (String::new(), String::new());
        // An unused class would be a warning.
        if !methods.is_empty() {
            classes.push_str(&nested(&pushes, "What the server tells.", &methods, "", ""));
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
    public GameClient({SOCKET} socket)
    {{
        if (socket == null)
        {{
            throw new ArgumentNullException("socket");
        }}
        Socket = socket;
{on}{set}    }}

    /// <summary>The socket that it calls through.</summary>
    public {SOCKET} Socket {{ get; }}
{listening}{properties}{classes}}}
"#
        )
    }

    fn take<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.taken.extend(names.map(str::to_owned));
    }

    /// The name of a nested class, which must not be that of anything beside it or in it.
    fn unique(&mut self, wanted: &str) -> String {
        unique(wanted, &mut self.taken, |at| "_".repeat(at))
    }

    /// Writes the classes of groups that stand in one class, and returns the lines of its constructor and its properties.
    ///
    /// A class is named before those that its groups need, so that none of its members can hide them.
    fn groups(
        &mut self,
        groups: &[Group<'_>],
        scope: &str,
        indent: usize,
        classes: &mut String,
    ) -> (String, String) {
        let mut names = Vec::new();
        for group in groups {
            self.take(group.members());
            names.push(self.unique(&format!("{scope}{}Calls", group.member)));
        }
        let margin = " ".repeat(indent);
        let (mut set, mut properties) = (String::new(), String::new());
        for (group, name) in groups.iter().zip(&names) {
            let member = &group.member;
            let about = if group.handlers.is_empty() {
                format!("The components below `{}`.", group.name)
            } else {
                format!("The handlers of `{}`.", group.name)
            };
            let markdown = if group.docs.is_empty() { &about } else { &group.docs };
            let comment = docs(markdown, None, indent);
            let _ = writeln!(set, "{margin}    {member} = new {name}(socket);");
            let _ = write!(properties, "\n{comment}{margin}public {name} {member} {{ get; }}\n");

            let methods: Vec<String> = group
                .handlers
                .iter()
                .map(|(method, handler)| self.method(method, handler))
                .collect();
            let mut below = String::new();
            let (set, properties) =
                self.groups(&group.groups, &format!("{scope}{member}"), 8, &mut below);
            classes.push_str(&nested(name, &about, &methods, &set, &properties));
            classes.push_str(&below);
        }
        (set, properties)
    }

    fn method(&mut self, method: &str, handler: &Handler) -> String {
        let route = handler.route.escape_debug();
        let mut remarks = Vec::new();
        let mut parameters = Vec::new();
        let (mut payload, mut argument) = (EMPTY.to_owned(), "null");
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
                    None => ("Task".to_owned(), EMPTY.to_owned()),
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

    fn listener(&mut self, method: &str, push: &Push) -> String {
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
                format!("return _socket.On<{EMPTY}>({wire}, delegate {{ listener(); }});"),
                None,
            ),
        };
        format!(
            "{}        public IDisposable {method}({action} listener)\n        {{\n            {call}\n        }}\n",
            docs(&about, remarks.as_deref(), 8)
        )
    }
}

/// A class inside the client. `set` and `properties` are those of the groups in it.
fn nested(name: &str, about: &str, methods: &[String], set: &str, properties: &str) -> String {
    // An unused field would be a warning.
    let (mut field, mut keep) = (String::new(), "");
    if !methods.is_empty() {
        field = format!("        private readonly {SOCKET} _socket;\n\n");
        keep = "            _socket = socket;\n";
    }
    let methods: String = methods.iter().map(|method| format!("\n{method}")).collect();
    format!(
        r#"
    /// <summary>{}</summary>
    public sealed class {name}
    {{
{field}        internal {name}({SOCKET} socket)
        {{
{keep}{set}        }}
{properties}{methods}    }}
"#,
        xml(about)
    )
}
