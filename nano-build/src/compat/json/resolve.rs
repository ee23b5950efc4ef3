//! Resolution of names to the types that they stand for.

use std::collections::HashMap;
use std::fmt;

use crate::compat::report::Report;
use crate::manifest::{Content, Field, Fields, Manifest, Shape, Tagging, Type, TypeDef, Variant};

/// The types of a manifest.
pub(in crate::compat) struct Types<'m> {
    /// The manifest of the two, `old` or `new`.
    whose: &'static str,
    by_name: HashMap<&'m str, &'m TypeDef>,
}

/// The type at one place of a message.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// A type that is written where it is used.
    Type(Type),
    /// An object.
    Fields(Fields),
    /// One of several variants.
    Enum { tagging: Tagging, variants: Vec<Variant> },
}

/// The longest chain of names that stand for one another.
const ALIASES: usize = 100;

/// The deepest type argument.
const DEPTH: usize = 128;

impl<'m> Types<'m> {
    pub(in crate::compat) fn of(manifest: &'m Manifest, whose: &'static str) -> Self {
        let types = manifest.types.iter();
        Self { whose, by_name: types.map(|found| (found.name.as_str(), found)).collect() }
    }

    /// Looks names up until there is none left. Returns `None` if that is impossible, which is
    /// reported.
    pub(super) fn resolve(&self, node: &Node, report: &mut Report) -> Option<Node> {
        let mut node = node.clone();
        for _ in 0..ALIASES {
            let Node::Type(Type::Named { name, arguments }) = &node else { return Some(node) };
            if arguments.iter().any(|argument| depth(argument) > DEPTH) {
                report.breaking(format!(
                    "a type argument is more than {DEPTH} levels deep: not compared"
                ));
                return None;
            }
            let Some(found) = self.by_name.get(name.as_str()) else {
                report.breaking(format!(
                    "the {} manifest does not hold the type `{}`: not compared",
                    self.whose,
                    name.escape_debug()
                ));
                return None;
            };
            let parameters: HashMap<&str, &Type> =
                found.parameters.iter().map(String::as_str).zip(arguments).collect();
            let mut filler = Filler { parameters, report };
            let next = match &found.shape {
                Shape::Alias(ty) => filler.ty(ty).map(Node::Type),
                Shape::Object(fields) => filler.fields(fields).map(Node::Fields),
                Shape::Enum { tagging, variants } => filler
                    .variants(variants)
                    .map(|variants| Node::Enum { tagging: tagging.clone(), variants }),
            };
            node = next?;
        }
        report.breaking(format!("more than {ALIASES} names for one type: not compared"));
        None
    }
}

/// Puts arguments where the parameters of a type are.
struct Filler<'a> {
    parameters: HashMap<&'a str, &'a Type>,
    report: &'a mut Report,
}

impl Filler<'_> {
    /// Returns `None` if the result is too large, which is reported: arguments multiply.
    fn ty(&mut self, ty: &Type) -> Option<Type> {
        let filled = match ty {
            Type::Parameter(name) => {
                let filled = self.parameters.get(name.as_str()).map_or(ty, |found| *found);
                if !self.report.spend(size(filled)) {
                    return None;
                }
                filled.clone()
            }
            Type::Option(inside) => Type::Option(Box::new(self.ty(inside)?)),
            Type::Array(inside) => Type::Array(Box::new(self.ty(inside)?)),
            Type::Map(key, value) => Type::Map(Box::new(self.ty(key)?), Box::new(self.ty(value)?)),
            Type::Tuple(inside) => Type::Tuple(self.types(inside)?),
            Type::Union(inside) => Type::Union(self.types(inside)?),
            Type::Named { name, arguments } => {
                Type::Named { name: name.clone(), arguments: self.types(arguments)? }
            }
            _ => ty.clone(),
        };
        self.report.spend(1).then_some(filled)
    }

    fn types(&mut self, types: &[Type]) -> Option<Vec<Type>> {
        types.iter().map(|ty| self.ty(ty)).collect()
    }

    fn fields(&mut self, fields: &Fields) -> Option<Fields> {
        let filled = fields.fields.iter().map(|field| {
            let (name, optional) = (field.name.clone(), field.optional);
            Some(Field { name, ty: self.ty(&field.ty)?, optional, docs: String::new() })
        });
        let filled = filled.collect::<Option<_>>()?;
        Some(Fields {
            fields: filled,
            flatten: self.types(&fields.flatten)?,
            closed: fields.closed,
        })
    }

    fn variants(&mut self, variants: &[Variant]) -> Option<Vec<Variant>> {
        let filled = variants.iter().map(|variant| {
            let content = match &variant.content {
                Content::Unit => Content::Unit,
                Content::Value(ty) => Content::Value(self.ty(ty)?),
                Content::Fields(fields) => Content::Fields(self.fields(fields)?),
            };
            Some(Variant { name: variant.name.clone(), docs: String::new(), content })
        });
        filled.collect()
    }
}

/// The types that a type is made of.
fn parts(ty: &Type) -> Vec<&Type> {
    match ty {
        Type::Option(inside) | Type::Array(inside) => vec![inside],
        Type::Map(key, value) => vec![key, value],
        Type::Tuple(inside) | Type::Union(inside) | Type::Named { arguments: inside, .. } => {
            inside.iter().collect()
        }
        _ => Vec::new(),
    }
}

fn size(ty: &Type) -> usize {
    parts(ty).into_iter().map(size).sum::<usize>() + 1
}

fn depth(ty: &Type) -> usize {
    parts(ty).into_iter().map(depth).max().unwrap_or_default() + 1
}

impl Node {
    /// The alternatives of a type whose values do not tell which of them they are.
    pub(super) fn alternatives(&self) -> Option<Vec<Node>> {
        match self {
            Self::Type(Type::Union(types)) => Some(types.iter().cloned().map(Node::Type).collect()),
            Self::Enum { tagging: Tagging::Untagged, variants } => {
                Some(variants.iter().map(|variant| untagged(&variant.content)).collect())
            }
            _ => None,
        }
    }
}

/// A variant's content where its name is not written.
fn untagged(content: &Content) -> Node {
    match content {
        Content::Unit => Node::Type(Type::Null),
        Content::Value(ty) => Node::Type(ty.clone()),
        Content::Fields(fields) => Node::Fields(fields.clone()),
    }
}

/// Returns `true` if the values of an enum are texts.
pub(super) fn is_text_enum(node: &Node) -> bool {
    matches!(node, Node::Enum { tagging: Tagging::External, variants }
        if variants.iter().all(|variant| variant.content == Content::Unit))
}

/// The tagging of an enum, as a part of a sentence.
pub(super) fn told(tagging: &Tagging) -> String {
    match tagging {
        Tagging::External => "by the name around it".to_owned(),
        Tagging::Internal { tag } => format!("by the field `{}` in it", tag.escape_debug()),
        Tagging::Adjacent { tag, content } => {
            format!("by the field `{}` beside `{}`", tag.escape_debug(), content.escape_debug())
        }
        Tagging::Untagged => "by nothing".to_owned(),
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(ty) => write_type(ty, f),
            Self::Fields(_) => f.write_str("an object"),
            Self::Enum { tagging: Tagging::Untagged, variants } => {
                write!(f, "one of {} things", variants.len())
            }
            Self::Enum { .. } if is_text_enum(self) => f.write_str("one of several names"),
            Self::Enum { .. } => f.write_str("one of several variants"),
        }
    }
}

fn write_type(ty: &Type, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match ty {
        Type::Bytes => f.write_str("bytes as they are"),
        Type::Message(name) => write!(f, "the message `{}`", name.escape_debug()),
        Type::Any => f.write_str("anything"),
        Type::Null => f.write_str("null"),
        Type::Bool => f.write_str("a boolean"),
        Type::String => f.write_str("a string"),
        Type::Float => f.write_str("a number with a fraction"),
        Type::Int => f.write_str("an integer of up to 32 bits"),
        Type::BigInt => f.write_str("an integer of 64 bits or more"),
        Type::Option(inside) => {
            write_type(inside, f)?;
            f.write_str(" or null")
        }
        Type::Array(_) => f.write_str("an array"),
        Type::Tuple(inside) => write!(f, "an array of {}", inside.len()),
        Type::Map(..) => f.write_str("a map"),
        Type::Named { name, .. } => write!(f, "`{}`", name.escape_debug()),
        Type::Parameter(name) => write!(f, "the parameter `{}`", name.escape_debug()),
        Type::Union(types) => {
            for (at, ty) in types.iter().enumerate() {
                f.write_str(if at > 0 { " or " } else { "" })?;
                write_type(ty, f)?;
            }
            Ok(())
        }
        Type::Foreign(text) => write!(f, "`{}`", text.escape_debug()),
    }
}
