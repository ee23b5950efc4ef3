//! The types of a JSON application, in TypeScript.

mod circle;
mod foreign;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::client::{PayloadTypes, Serializing, Use};
use super::text::{self, docs, literal};
use super::{Int64, Target, client};
use crate::manifest::{Content, Fields, Manifest, Shape, Type, TypeDef};

/// Names that the module uses itself.
const OWN_NAMES: &[&str] = &["Int64", "Partial"];

const INT64: &str = "\
/**
 * A whole number of 64 bits or more.
 *
 * One that is beyond 53 bits arrives as a `bigint`, any other as a `number`. Either can be sent.
 */
export type Int64 = number | bigint;
";

const INT64_NUMBER: &str = "\
/** A whole number of 64 bits or more. A message with one beyond 53 bits does not arrive, but fails. */
export type Int64 = number;
";

/// The types of a manifest, by the names that they have in TypeScript.
pub(super) struct Types<'m> {
    manifest: &'m Manifest,
    int64: Int64,
    names: BTreeMap<&'m str, String>,
    defs: BTreeMap<&'m str, &'m TypeDef>,
}

/// The surroundings of a type.
#[derive(Clone, Copy)]
struct Scope<'a> {
    /// The prefix of the name of a type.
    prefix: &'a str,
    /// The definition around, with the names of its parameters.
    parameters: &'a BTreeMap<&'a str, String>,
    /// Types that would make the definition around a part of itself.
    circle: &'a BTreeSet<&'a str>,
}

/// A type in TypeScript.
struct Text {
    text: String,
    /// True if it needs parentheses before anything is attached to it.
    compound: bool,
}

impl Text {
    fn simple(text: impl Into<String>) -> Self {
        Self { text: text.into(), compound: false }
    }

    fn compound(text: impl Into<String>) -> Self {
        Self { text: text.into(), compound: true }
    }

    /// The text as a part of a larger type.
    fn enclosed(self) -> String {
        if self.compound { format!("({})", self.text) } else { self.text }
    }
}

impl<'m> Types<'m> {
    pub(super) fn of(manifest: &'m Manifest, int64: Int64, problems: &mut Vec<String>) -> Self {
        let mut names = BTreeMap::new();
        let mut defs = BTreeMap::new();
        let mut taken: BTreeSet<String> = OWN_NAMES.iter().map(|&name| name.into()).collect();
        for def in &manifest.types {
            let name = text::unique(&declarable(&def.name), &mut taken, |at| "_".repeat(at));
            names.insert(def.name.as_str(), name);
            if defs.insert(def.name.as_str(), def).is_some() {
                problems.push(format!("the manifest has two types `{}`", def.name));
            }
        }
        let types = Self { manifest, int64, names, defs };
        for def in &manifest.types {
            let place = format!("the type `{}`", def.name);
            visit(&def.shape, &mut |ty| types.check_type(ty, &def.parameters, &place, problems));
        }
        types
    }

    /// The module with the types.
    pub(super) fn module(&self, header: &str) -> String {
        let int64 = match self.int64 {
            Int64::Exact => INT64,
            Int64::Number => INT64_NUMBER,
        };
        let mut module = format!("{header}\n{int64}");
        for def in &self.manifest.types {
            module.push('\n');
            module.push_str(&self.definition(def));
        }
        module
    }

    fn definition(&self, def: &TypeDef) -> String {
        let parameters = self.parameters(def);
        let circle = circle::around(def, &self.defs);
        let scope = Scope { prefix: "", parameters: &parameters, circle: &circle };
        let mut name = self.names[def.name.as_str()].clone();
        if !def.parameters.is_empty() {
            let list: Vec<_> =
                def.parameters.iter().map(|name| parameters[name.as_str()].clone()).collect();
            name = format!("{name}<{}>", list.join(", "));
        }
        let comment = docs(&def.docs, 0);
        match &def.shape {
            Shape::Alias(ty) => {
                format!("{comment}export type {name} = {};\n", self.write(ty, scope).text)
            }
            Shape::Object(fields) if fields.flatten.is_empty() => {
                format!(
                    "{comment}export interface {name} {}\n",
                    self.members(&fields.fields, scope)
                )
            }
            Shape::Object(fields) => {
                format!(
                    "{comment}export type {name} = {};\n",
                    self.object(fields, None, scope, 0).text
                )
            }
            Shape::Enum { tagging, variants } => {
                format!(
                    "{comment}export type {name} ={};\n",
                    self.variants(tagging, variants, scope)
                )
            }
        }
    }

    /// The names of a definition's parameters; they must not hide a type.
    fn parameters<'d>(&self, def: &'d TypeDef) -> BTreeMap<&'d str, String> {
        let mut taken: BTreeSet<String> = self.names.values().cloned().collect();
        taken.extend(OWN_NAMES.iter().map(|&name| name.into()));
        let unique = |name: &'d String, taken: &mut BTreeSet<String>| {
            (name.as_str(), text::unique(&declarable(name), taken, |at| "_".repeat(at)))
        };
        def.parameters.iter().map(|name| unique(name, &mut taken)).collect()
    }

    fn write(&self, ty: &Type, scope: Scope<'_>) -> Text {
        match ty {
            Type::Bytes => Text::simple("Uint8Array"),
            Type::Any | Type::Message(_) => Text::simple("unknown"),
            Type::Null => Text::simple("null"),
            Type::Bool => Text::simple("boolean"),
            Type::String => Text::simple("string"),
            Type::Float | Type::Int => Text::simple("number"),
            Type::BigInt => Text::simple(format!("{}Int64", scope.prefix)),
            Type::Option(inner) => {
                Text::compound(format!("{} | null", self.write(inner, scope).enclosed()))
            }
            Type::Array(item) => Text::simple(format!("{}[]", self.write(item, scope).enclosed())),
            Type::Tuple(items) => Text::simple(format!("[{}]", self.list(items, scope, ", "))),
            Type::Map(_, value) => {
                Text::simple(format!("{{ [key: string]: {} }}", self.write(value, scope).text))
            }
            Type::Named { name, .. } if scope.circle.contains(name.as_str()) => {
                Text::simple("unknown")
            }
            Type::Named { name, arguments } => {
                let mut text = scope.prefix.to_owned();
                text.push_str(self.names.get(name.as_str()).map_or("unknown", String::as_str));
                if !arguments.is_empty() {
                    text = format!("{text}<{}>", self.list(arguments, scope, ", "));
                }
                Text::simple(text)
            }
            Type::Parameter(name) => {
                Text::simple(scope.parameters.get(name.as_str()).map_or("unknown", String::as_str))
            }
            Type::Union(options) if options.is_empty() => Text::simple("never"),
            Type::Union(options) => {
                let texts = options.iter().map(|ty| self.write(ty, scope).enclosed());
                Text::compound(texts.collect::<Vec<_>>().join(" | "))
            }
            Type::Foreign(text) if foreign::is_name(text) => Text::simple(text.clone()),
            Type::Foreign(text) => Text::compound(text.clone()),
        }
    }

    fn list(&self, types: &[Type], scope: Scope<'_>, separator: &str) -> String {
        types.iter().map(|ty| self.write(ty, scope).text).collect::<Vec<_>>().join(separator)
    }

    /// A type of the module, from outside.
    fn outside(&self, ty: &Type) -> String {
        let scope =
            Scope { prefix: "types.", parameters: &BTreeMap::new(), circle: &BTreeSet::new() };
        self.write(ty, scope).text
    }

    fn check_type(
        &self,
        ty: &Type,
        parameters: &[String],
        place: &str,
        problems: &mut Vec<String>,
    ) {
        match ty {
            Type::Named { name, arguments } => match self.defs.get(name.as_str()) {
                None => problems.push(format!("{place} needs the type `{name}`, which is not in the manifest")),
                Some(def) if def.parameters.len() != arguments.len() => problems.push(format!(
                    "{place} gives `{name}` {} type arguments, it has {} parameters",
                    arguments.len(), def.parameters.len()
                )),
                Some(_) => {}
            },
            Type::Parameter(name) if !parameters.contains(name) => {
                problems.push(format!("{place} has no type parameter `{name}`"));
            }
            Type::Bytes => problems.push(format!(
                "{place} holds bytes inside of JSON: bytes can be a whole payload, reply or push only"
            )),
            Type::Message(name) => problems.push(format!(
                "{place} holds the protobuf message `{name}`, but payloads are JSON"
            )),
            Type::Foreign(text) => {
                if let Err(why) = foreign::check(text) {
                    problems.push(format!("{place} is mapped to `{text}`, which is no type of TypeScript: {why}"));
                }
            }
            _ => {}
        }
    }
}

impl PayloadTypes for Types<'_> {
    fn check(&self, ty: &Type, place: &str, problems: &mut Vec<String>) {
        if *ty != Type::Bytes {
            visit_type(ty, &mut |ty| self.check_type(ty, &[], place, problems));
        }
    }

    fn payload(&self, ty: &Type) -> String {
        self.outside(ty)
    }

    fn value(&self, ty: &Type) -> String {
        self.outside(ty)
    }

    fn imports(&self, target: Target, uses: &[Use<'_>]) -> String {
        if !target.has_types() {
            return String::new();
        }
        let mut named = false;
        for used in uses {
            visit_type(used.ty, &mut |ty| named |= matches!(ty, Type::Named { .. } | Type::BigInt));
        }
        let import = if named { "import type * as types from './types.js';\n" } else { "" };
        format!("{import}export type * from './types.js';\n")
    }

    fn serializing(&self, target: Target, uses: &[Use<'_>]) -> Option<Serializing> {
        let raw = |direction| {
            let routes =
                uses.iter().filter(|used| used.direction == direction && *used.ty == Type::Bytes);
            routes.map(|used| literal(used.route)).collect::<Vec<_>>().join(", ")
        };
        let [payloads, replies, pushes] = client::Direction::ALL.map(raw);
        let (json, runtime_imports): (_, &[&str]) = match self.int64 {
            Int64::Exact => ("json", &["json"]),
            Int64::Number => ("numberJson", &["numberJson"]),
        };
        let typed = target == Target::Ts;
        if payloads.is_empty() && replies.is_empty() && pushes.is_empty() {
            let ty = if typed { ": Serializer" } else { "" };
            return match self.int64 {
                // The runtime speaks JSON by itself.
                Int64::Exact => None,
                Int64::Number => Some(Serializing {
                    runtime_imports,
                    code: format!("const serializer{ty} = {json};\n"),
                }),
            };
        }
        let set = if typed { "new Set<string>" } else { "new Set" };
        let serializer = if typed { "serializer: Serializer" } else { "serializer" };
        let bytes = if typed { "(value as Uint8Array)" } else { "value" };
        let error =
            if typed { " as ReturnType<NonNullable<Serializer['decodeError']>>" } else { "" };
        let code = format!(
            "\
// Routes whose bodies are bytes and not JSON.
const rawPayloads = {set}([{payloads}]);
const rawReplies = {set}([{replies}]);
const rawPushes = {set}([{pushes}]);

const {serializer} = {{
  ...{json},
  encode: (value, route) => (rawPayloads.has(route) ? {bytes} : {json}.encode(value)),
  decode: (bytes, route, kind) =>
    (kind === 'push' ? rawPushes : rawReplies).has(route) ? bytes : {json}.decode(bytes),
  // The error of a route with bytes is JSON.
  decodeError: (bytes) => {json}.decode(bytes){error},
}};
"
        );
        Some(Serializing { runtime_imports, code })
    }
}

/// A name that can be declared.
fn declarable(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c.is_alphabetic() || matches!(c, '_' | '$');
    let mut safe: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if safe.is_empty() || safe.starts_with(|c: char| c.is_ascii_digit()) {
        safe.insert(0, '_');
    }
    if text::is_reserved(&safe) {
        safe.push('_');
    }
    safe
}

/// Calls `see` with every type inside a definition.
fn visit(shape: &Shape, see: &mut impl FnMut(&Type)) {
    match shape {
        Shape::Alias(ty) => visit_type(ty, see),
        Shape::Object(fields) => visit_fields(fields, see),
        Shape::Enum { variants, .. } => {
            for variant in variants {
                match &variant.content {
                    Content::Unit => {}
                    Content::Value(ty) => visit_type(ty, see),
                    Content::Fields(fields) => visit_fields(fields, see),
                }
            }
        }
    }
}

fn visit_fields(fields: &Fields, see: &mut impl FnMut(&Type)) {
    fields
        .fields
        .iter()
        .map(|field| &field.ty)
        .chain(&fields.flatten)
        .for_each(|ty| visit_type(ty, see));
}

/// Calls `see` with a type and every type inside it.
fn visit_type(ty: &Type, see: &mut impl FnMut(&Type)) {
    see(ty);
    match ty {
        Type::Option(inner) | Type::Array(inner) => visit_type(inner, see),
        Type::Map(key, value) => [key, value].into_iter().for_each(|ty| visit_type(ty, see)),
        Type::Tuple(types) | Type::Union(types) | Type::Named { arguments: types, .. } => {
            types.iter().for_each(|ty| visit_type(ty, see));
        }
        _ => {}
    }
}
