//! The types of a JSON application in C#, as they are used by others.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Payload, Payloads, text};
use crate::emit::text::unique;
use crate::manifest::{Content, Manifest, Shape, Tagging, Type, TypeDef};

/// Names that the files use themselves.
const OWN_NAMES: &[&str] = &[
    "Action",
    "ArgumentNullException",
    "CancellationToken",
    "DataContract",
    "DataContractAttribute",
    "DataMember",
    "DataMemberAttribute",
    "Dictionary",
    "EnumMember",
    "EnumMemberAttribute",
    "GameClient",
    "IDisposable",
    "IReadOnlyDictionary",
    "List",
    "Routes",
    "System",
    "Task",
];

/// The longest text of a type, longer than any that a person would write.
const LONGEST: usize = 4_000;

/// The deepest nesting of types.
const DEEPEST: usize = 100;

/// The largest number of steps, more than any application takes: names that stand for others may be
/// used over and over.
const STEPS: usize = 1_000_000;

/// The types of a manifest, by the names that they have in C#.
pub(super) struct Types<'m> {
    pub(super) defs: BTreeMap<&'m str, &'m TypeDef>,
    /// Those that have a class or an enum.
    names: BTreeMap<&'m str, String>,
    pub(super) taken: BTreeSet<String>,
    /// The prefix of a name outside of the namespace.
    prefix: String,
    /// The number of types written so far.
    steps: Cell<usize>,
}

/// A type in C#.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cs {
    pub(super) text: String,
    /// True if it takes a `?` to be nullable.
    pub(super) value: bool,
    /// A description of its values, if it is `object` or an array of them.
    pub(super) remarks: Option<String>,
}

/// The types that type parameters stand for.
#[derive(Clone, Default)]
pub(super) struct Scope<'m> {
    pub(super) parameters: BTreeMap<&'m str, Cs>,
    /// The aliases on the way here, to find one that contains itself.
    pub(super) inside: Vec<&'m str>,
    depth: usize,
    /// The prefix of the names of classes.
    prefix: String,
}

impl Scope<'_> {
    fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, ..self.clone() }
    }
}

impl Cs {
    pub(super) fn class(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: false, remarks: None }
    }

    pub(super) fn value(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: true, remarks: None }
    }

    fn object(remarks: impl Into<String>) -> Self {
        Self { text: "object".into(), value: false, remarks: Some(remarks.into()) }
    }

    pub(super) fn nullable(self) -> Self {
        if !self.value {
            return self;
        }
        Self { text: format!("{}?", self.text), value: false, remarks: self.remarks }
    }

    /// The type as a part of a sentence.
    fn described(&self) -> String {
        match &self.remarks {
            // The description of its values may be long.
            Some(remarks) if self.text == "object" => format!("({remarks})"),
            _ => self.text.clone(),
        }
    }
}

impl<'m> Types<'m> {
    pub(super) fn of(manifest: &'m Manifest, namespace: &str) -> Self {
        let mut taken: BTreeSet<String> = OWN_NAMES.iter().map(|&name| name.into()).collect();
        let defs: BTreeMap<_, _> =
            manifest.types.iter().map(|def| (def.name.as_str(), def)).collect();
        let mut names = BTreeMap::new();
        for def in defs.values().filter(|def| is_declared(&def.shape)) {
            let name = unique(&text::type_name(&def.name), &mut taken, |at| "_".repeat(at));
            names.insert(def.name.as_str(), name);
        }
        Self { defs, names, taken, prefix: format!("global::{namespace}."), steps: Cell::new(0) }
    }

    pub(super) fn name(&self, def: &TypeDef) -> &str {
        self.names.get(def.name.as_str()).map_or("object", String::as_str)
    }

    /// Writes a type; `place` is for problems.
    pub(super) fn write(
        &self,
        ty: &'m Type,
        scope: &Scope<'m>,
        place: &str,
        problems: &mut Vec<String>,
    ) -> Cs {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() >= STEPS {
            if self.steps.get() == STEPS {
                problems.push(format!(
                    "the types take more than {STEPS} steps to write: simplify them"
                ));
            }
            return Cs::class("object");
        }
        if scope.depth > DEEPEST {
            problems.push(format!("{place} is more than {DEEPEST} types deep"));
            // One report is enough: other types of that depth are often the same.
            self.steps.set(STEPS);
            return Cs::class("object");
        }
        let inner = scope.deeper();
        let mut write = |ty: &'m Type| self.write(ty, &inner, place, problems);
        match ty {
            Type::Any => Cs::object("Any value at all."),
            Type::Null => Cs::object("Always null."),
            Type::Bool => Cs::value("bool"),
            Type::String => Cs::class("string"),
            Type::Float => Cs::value("double"),
            Type::Int | Type::BigInt => Cs::value("long"),
            Type::Option(inside) => write(inside).nullable(),
            Type::Array(item) => list(write(item)),
            Type::Map(_, item) => {
                let item = write(item);
                let text = format!("Dictionary<string, {}>", item.text);
                Cs {
                    remarks: item.remarks.map(|remarks| format!("Values: {remarks}")),
                    ..Cs::class(text)
                }
            }
            Type::Tuple(items) => {
                let items: Vec<Cs> = items.iter().map(write).collect();
                match items.as_slice() {
                    [first, rest @ ..] if rest.iter().all(|item| item == first) => {
                        let remarks = match &first.remarks {
                            Some(remarks) => format!("{} values. {remarks}", items.len()),
                            None => format!("{} values.", items.len()),
                        };
                        Cs { remarks: Some(remarks), ..list(first.clone()) }
                    }
                    _ => Cs {
                        remarks: Some(format!("In this order: {}.", sentence(&items, ", "))),
                        ..Cs::class("object[]")
                    },
                }
            }
            Type::Union(types) => {
                let types: Vec<Cs> = types.iter().map(write).collect();
                one_of(&types)
            }
            Type::Named { name, arguments } => {
                let arguments: Vec<Cs> = arguments.iter().map(write).collect();
                self.named(name, arguments, &inner, place, problems)
            }
            Type::Parameter(name) => match scope.parameters.get(name.as_str()) {
                Some(found) => found.clone(),
                None => {
                    problems
                        .push(format!("{place} has no type parameter `{}`", name.escape_debug()));
                    Cs::class("object")
                }
            },
            Type::Foreign(text) => match text.trim() {
                "string" => Cs::class("string"),
                "number" => Cs::value("double"),
                "boolean" => Cs::value("bool"),
                "any" | "unknown" => Cs::object("Any value at all."),
                _ => {
                    problems.push(format!(
                        "{place} is mapped to `{}`, which only TypeScript knows: map it to string, number, boolean or unknown for clients in C#",
                        text.escape_debug()
                    ));
                    Cs::class("object")
                }
            },
            Type::Bytes => {
                problems.push(format!(
                    "{place} holds bytes inside of JSON: bytes can be a whole payload, reply or push only"
                ));
                Cs::class("object")
            }
            Type::Message(name) => {
                problems.push(format!(
                    "{place} holds the protobuf message `{}`, but payloads are JSON",
                    name.escape_debug()
                ));
                Cs::class("object")
            }
        }
    }

    fn named(
        &self,
        name: &str,
        arguments: Vec<Cs>,
        scope: &Scope<'m>,
        place: &str,
        problems: &mut Vec<String>,
    ) -> Cs {
        let Some(&def) = self.defs.get(name) else {
            problems.push(format!(
                "{place} needs the type `{}`, which is not in the manifest",
                name.escape_debug()
            ));
            return Cs::class("object");
        };
        if def.parameters.len() != arguments.len() {
            problems.push(format!(
                "{place} gives `{}` {} type arguments, it has {} parameters",
                name.escape_debug(),
                arguments.len(),
                def.parameters.len()
            ));
            return Cs::class("object");
        }
        // A parameter itself takes no `?`, so its argument has to.
        let arguments: Vec<Cs> = arguments.into_iter().map(Cs::nullable).collect();
        if arguments.iter().map(|argument| argument.text.len()).sum::<usize>() > LONGEST {
            problems.push(format!(
                "{place} is a type of more than {LONGEST} letters: give parts of it names"
            ));
            return Cs::class("object");
        }
        if let Some(own) = self.names.get(name) {
            let list: Vec<&str> = arguments.iter().map(|argument| argument.text.as_str()).collect();
            let generic =
                if list.is_empty() { String::new() } else { format!("<{}>", list.join(", ")) };
            let text = format!("{}{own}{generic}", scope.prefix);
            let names = bare_names(&def.shape);
            return if is_names(&def.shape) {
                Cs::value(text)
            } else if names.is_empty() {
                Cs::class(text)
            } else {
                Cs::object(format!("The text {}, or {text}.", names.join(" or ")))
            };
        }
        if scope.inside.contains(&def.name.as_str()) {
            return Cs::object(format!("`{}`, which holds itself.", def.name));
        }
        let mut around = scope.clone();
        around.inside.push(&def.name);
        around.parameters = def.parameters.iter().map(String::as_str).zip(arguments).collect();
        self.behind(def, &around, place, problems)
    }

    /// The type that a name without a class stands for.
    fn behind(
        &self,
        def: &'m TypeDef,
        scope: &Scope<'m>,
        place: &str,
        problems: &mut Vec<String>,
    ) -> Cs {
        match &def.shape {
            Shape::Alias(ty) => self.write(ty, scope, place, problems),
            Shape::Enum { variants, .. } => {
                let write = |variant: &'m crate::manifest::Variant| match &variant.content {
                    Content::Unit => Cs::class("null"),
                    Content::Value(ty) => self.write(ty, scope, place, problems),
                    Content::Fields(fields) => {
                        let names: Vec<String> =
                            fields.fields.iter().map(|field| format!("`{}`", field.name)).collect();
                        Cs::class(format!("an object with {}", names.join(", ")))
                    }
                };
                let variants: Vec<Cs> = variants.iter().map(write).collect();
                one_of(&variants)
            }
            Shape::Object(_) => Cs::class("object"),
        }
    }

    pub(super) fn local() -> Scope<'m> {
        Scope::default()
    }
}

/// Returns `true` if a definition has a class or an enum in C#; others stand for other types.
fn is_declared(shape: &Shape) -> bool {
    match shape {
        Shape::Alias(_) | Shape::Enum { tagging: Tagging::Untagged, .. } => false,
        Shape::Object(_) | Shape::Enum { .. } => true,
    }
}

/// Returns `true` if all values of an enum are names.
pub(super) fn is_names(shape: &Shape) -> bool {
    matches!(shape, Shape::Enum { tagging: Tagging::External, variants }
        if variants.iter().all(|variant| variant.content == Content::Unit))
}

/// The variants that are a text while others of the enum are objects.
fn bare_names(shape: &Shape) -> Vec<String> {
    let Shape::Enum { tagging: Tagging::External, variants } = shape else { return Vec::new() };
    let bare = variants.iter().filter(|variant| variant.content == Content::Unit);
    bare.map(|variant| text::literal(&variant.name)).collect()
}

fn list(item: Cs) -> Cs {
    let remarks = item.remarks.map(|remarks| format!("Each: {remarks}"));
    Cs { remarks, ..Cs::class(format!("List<{}>", item.text)) }
}

fn one_of(types: &[Cs]) -> Cs {
    Cs::object(format!("One of: {}.", sentence(types, ", ")))
}

fn sentence(types: &[Cs], separator: &str) -> String {
    let mut text = types.iter().map(Cs::described).collect::<Vec<_>>().join(separator);
    // The text is for people, and may contain itself.
    if let Some((at, _)) = text.char_indices().nth(400) {
        text.truncate(at);
        text.push_str("..");
    }
    text
}

impl<'m> Payloads for Types<'m> {
    fn payload(&self, ty: &Type, place: &str, problems: &mut Vec<String>) -> Payload {
        if *ty == Type::Bytes {
            return Payload { text: "byte[]".into(), remarks: None };
        }
        let scope = Scope { prefix: self.prefix.clone(), ..Scope::default() };
        let Cs { text, remarks, .. } = self.write(ty, &scope, place, problems);
        Payload { text, remarks }
    }
}
