//! The module with the routes: the dictionary, the typed interface and `createClient`.

use std::fmt::Write as _;

use super::Target;
use super::face::{Face, Group, Naming};
use super::runtime::LOCAL as LOCAL_RUNTIME;
use super::text::{access, camel_case, docs, entry_key, key, literal, method_key};
use crate::manifest::{Handler, Kind, Manifest, Push, Type};

/// The names of members in JavaScript.
pub(super) const NAMING: Naming = Naming {
    client: "game",
    on: "on",
    member: camel_case,
    access,
    refused_in_client: |member| {
        let taken = matches!(member, "client" | "on");
        taken.then_some("where the client has something of its own")
    },
    refused: |member| (member == "then").then_some("which JavaScript takes for a promise"),
};

/// A note in TypeScript that imports JavaScript beside it.
const BESIDE: &str = "\
// `tsc` with an `outDir` copies nano.js and nano/ only with \"allowJs\": true and this folder in \"include\".
";

/// The types of payloads, which depend on how they are serialized.
pub(super) trait PayloadTypes {
    /// Reports a type that cannot be written.
    fn check(&self, ty: &Type, place: &str, problems: &mut Vec<String>);
    /// The type of values that the application passes.
    fn payload(&self, ty: &Type) -> String;
    /// The type of values that the application is given.
    fn value(&self, ty: &Type) -> String;
    /// The imports for the types that are used.
    fn imports(&self, target: Target, uses: &[Use<'_>]) -> String;
    /// The serializer for the bodies, unless that of the runtime will do.
    fn serializing(&self, target: Target, uses: &[Use<'_>]) -> Option<Serializing>;
}

/// The serializer of a client.
pub(super) struct Serializing {
    /// The names that the code imports from the runtime, beside the type `Serializer`.
    pub(super) runtime_imports: &'static [&'static str],
    /// The declaration of the constant `serializer`.
    pub(super) code: String,
}

/// The use of a type in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Payload,
    Reply,
    Push,
}

impl Direction {
    pub(super) const ALL: [Self; 3] = [Self::Payload, Self::Reply, Self::Push];
}

/// A body that has a type.
#[derive(Clone, Copy)]
pub(super) struct Use<'m> {
    pub(super) route: &'m str,
    pub(super) direction: Direction,
    pub(super) ty: &'m Type,
}

/// The parts of the module.
pub(super) struct Client<'a> {
    manifest: &'a Manifest,
    face: &'a Face<'a>,
    types: &'a dyn PayloadTypes,
    uses: Vec<Use<'a>>,
}

impl<'a> Client<'a> {
    pub(super) fn of(
        manifest: &'a Manifest,
        face: &'a Face<'a>,
        types: &'a dyn PayloadTypes,
        problems: &mut Vec<String>,
    ) -> Self {
        let mut uses = Vec::new();
        for handler in manifest.handlers() {
            let route = handler.route.as_str();
            let body = |direction, ty| Use { route, direction, ty };
            uses.extend(handler.payload.as_ref().map(|ty| body(Direction::Payload, ty)));
            uses.extend(handler.reply.as_ref().map(|ty| body(Direction::Reply, ty)));
        }
        for push in &manifest.pushes {
            let direction = Direction::Push;
            uses.extend(push.message.as_ref().map(|ty| Use { route: &push.route, direction, ty }));
        }
        for used in &uses {
            let what = match used.direction {
                Direction::Payload => "payload",
                Direction::Reply => "reply",
                Direction::Push => "message",
            };
            types.check(used.ty, &format!("the {what} of `{}`", used.route), problems);
        }
        Self { manifest, face, types, uses }
    }

    /// The text of the module. `runtime` is the specifier that the runtime is imported from.
    pub(super) fn module(&self, target: Target, header: &str, runtime: &str) -> String {
        let serializing = self.types.serializing(target, &self.uses);
        let mut module = header.to_owned();
        if target == Target::Ts && runtime == LOCAL_RUNTIME {
            module.push_str(BESIDE);
        }
        module.push('\n');
        module.push_str(&self.runtime_import(target, serializing.as_ref(), runtime));
        module.push_str(&self.types.imports(target, &self.uses));
        module.push('\n');
        module.push_str(&self.dictionary(target));
        if let Some(serializing) = serializing.as_ref().filter(|_| target.has_code()) {
            let _ = write!(module, "\n{}", serializing.code);
        }
        if target.has_types() {
            let _ = write!(module, "\n{}", self.interface());
        }
        let _ = write!(module, "\n{}", self.create_client(target, serializing.is_some()));
        module
    }

    fn runtime_import(
        &self,
        target: Target,
        serializing: Option<&Serializing>,
        runtime: &str,
    ) -> String {
        let mut names = vec!["Client".to_owned()];
        let mut types = vec!["Options"];
        if self.manifest.handlers().any(|handler| handler.kind == Kind::Request) {
            types.push("RequestOptions");
        }
        if let Some(serializing) = serializing.filter(|_| target.has_code()) {
            names.extend(serializing.runtime_imports.iter().map(|&name| name.to_owned()));
            types.push("Serializer");
        }
        if !self.face.pushes.is_empty() {
            types.push("Unsubscribe");
        }
        let from = literal(runtime);
        match target {
            Target::Js => format!("import {{ {} }} from {from};\n", names.join(", ")),
            Target::Ts => {
                names.extend(types.iter().map(|name| format!("type {name}")));
                format!("import {{ {} }} from {from};\n", names.join(", "))
            }
            Target::Dts => {
                names.extend(types.iter().map(|&name| name.to_owned()));
                format!("import type {{ {} }} from {from};\n", names.join(", "))
            }
        }
    }

    fn dictionary(&self, target: Target) -> String {
        let ty = if target.has_types() {
            ": { readonly version: string; readonly codes: { readonly [route: string]: number } }"
        } else {
            ""
        };
        let start = format!(
            "{}{} dictionary{ty}",
            docs("The codes that stand for routes on the wire, and their version.", 0),
            target.export_const()
        );
        if !target.has_code() {
            return format!("{start};\n");
        }
        let mut codes = String::new();
        for (route, code) in self.manifest.dictionary() {
            let _ = writeln!(codes, "    {}: {code},", entry_key(route));
        }
        format!(
            "{start} = {{\n  version: {},\n  codes: {{\n{codes}  }},\n}};\n",
            literal(&self.manifest.dict_version)
        )
    }

    fn interface(&self) -> String {
        let package = self.manifest.package.replace('`', "'");
        let mut face =
            docs(&format!("The routes of `{package}`, typed: what `createClient` returns."), 0);
        face.push_str("export interface Game {\n");
        face.push_str(&docs(
            "The connection: its state, kicks, closing, and calls without types.",
            2,
        ));
        face.push_str("  readonly client: Client;\n");
        for group in &self.face.groups {
            self.declare(group, 2, &mut face);
        }
        if !self.face.pushes.is_empty() {
            let text = "What the server pushes: each calls its listener until the function that it returned is called.";
            face.push_str(&docs(text, 2));
            face.push_str("  readonly on: {\n");
            for (member, push) in &self.face.pushes {
                face.push_str(&docs(&push.docs, 4));
                let message = self.message(push);
                let _ = writeln!(
                    face,
                    "    {}(listener: ({message}) => unknown): Unsubscribe;",
                    method_key(member)
                );
            }
            face.push_str("  };\n");
        }
        face.push_str("}\n");
        face
    }

    /// Declares a group and all below it.
    fn declare(&self, group: &Group<'_>, indent: usize, face: &mut String) {
        let margin = " ".repeat(indent);
        face.push_str(&docs(&group.docs, indent));
        let _ = writeln!(face, "{margin}readonly {}: {{", key(&group.member));
        for (member, handler) in &group.handlers {
            face.push_str(&docs(&handler.docs, indent + 2));
            let _ = writeln!(face, "{margin}  {}{};", method_key(member), self.signature(handler));
        }
        for inner in &group.groups {
            self.declare(inner, indent + 2, face);
        }
        let _ = writeln!(face, "{margin}}};");
    }

    fn signature(&self, handler: &Handler) -> String {
        let payload =
            handler.payload.as_ref().map(|ty| format!("payload: {}", self.types.payload(ty)));
        let options =
            (handler.kind == Kind::Request).then(|| "options?: RequestOptions".to_owned());
        let parameters: Vec<_> = payload.into_iter().chain(options).collect();
        let reply = handler.reply.as_ref().filter(|_| handler.kind == Kind::Request);
        let reply = reply.map_or("void".to_owned(), |ty| self.types.value(ty));
        format!("({}): Promise<{reply}>", parameters.join(", "))
    }

    fn message(&self, push: &Push) -> String {
        push.message
            .as_ref()
            .map_or(String::new(), |ty| format!("message: {}", self.types.value(ty)))
    }

    fn create_client(&self, target: Target, serializer: bool) -> String {
        // The generated ones are those of the server.
        let own = "'dictionary' | 'serializer'";
        let mut text = docs(
            "Opens a connection to the server, and returns at once: calls wait until it is open, or fail with it.",
            0,
        );
        let _ = match target {
            Target::Dts => {
                let _ = writeln!(
                    text,
                    "export declare function createClient(url: string | URL, options?: Omit<Options, {own}>): Game;"
                );
                return text;
            }
            Target::Ts => writeln!(
                text,
                "export function createClient(url: string | URL, options: Omit<Options, {own}> = {{}}): Game {{"
            ),
            Target::Js => writeln!(text, "export function createClient(url, options = {{}}) {{"),
        };
        let serializer = if serializer { ", serializer" } else { "" };
        let _ = writeln!(
            text,
            "  const client = new Client(url, {{ ...options, dictionary{serializer} }});"
        );
        text.push_str("  // The first call and `onState` hear of a failure.\n");
        text.push_str("  client.connect().catch(() => {});\n  return {\n    client,\n");
        for group in &self.face.groups {
            entry(group, 4, &mut text);
        }
        if !self.face.pushes.is_empty() {
            text.push_str("    on: {\n");
            for (member, push) in &self.face.pushes {
                let route = literal(&push.route);
                let _ = writeln!(
                    text,
                    "      {}: (listener) => client.on({route}, listener),",
                    entry_key(member)
                );
            }
            text.push_str("    },\n");
        }
        text.push_str("  };\n}\n");
        text
    }
}

/// The entry of a group in an object, with all below it.
fn entry(group: &Group<'_>, indent: usize, text: &mut String) {
    let margin = " ".repeat(indent);
    let _ = writeln!(text, "{margin}{}: {{", entry_key(&group.member));
    for (member, handler) in &group.handlers {
        let _ = writeln!(text, "{margin}  {}: {},", entry_key(member), call(handler));
    }
    for inner in &group.groups {
        entry(inner, indent + 2, text);
    }
    let _ = writeln!(text, "{margin}}},");
}

/// The function that calls a handler.
fn call(handler: &Handler) -> String {
    let route = literal(&handler.route);
    match (handler.kind, &handler.payload) {
        (Kind::Request, Some(_)) => {
            format!("(payload, options) => client.request({route}, payload, options)")
        }
        (Kind::Request, None) => {
            format!("(options) => client.request({route}, undefined, options)")
        }
        (Kind::Notify, Some(_)) => format!("(payload) => client.notify({route}, payload)"),
        (Kind::Notify, None) => format!("() => client.notify({route})"),
    }
}
