//! The names in `.proto` files, and what became of them in Rust.
//!
//! prost has its own rules for names. They are not repeated here: it writes the full name of each message
//! into an `impl prost::Name`; and a name of Rust is that of a `.proto` file without its underscores and
//! capital letters.

use std::collections::{BTreeMap, BTreeSet};

use nano_syntax::unraw;
use proc_macro2::{TokenStream, TokenTree};
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto};
use quote::ToTokens;
use syn::{ImplItem, Item, ItemImpl, Lit, Type};

use super::tree::Clash;

/// Lists the messages, each by its path in Rust without `r#`, and with its full name.
pub(super) fn full_names(items: &[Item]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    visit(items, "", &mut found);
    found
}

fn visit(items: &[Item], module: &str, found: &mut BTreeMap<String, String>) {
    for item in items {
        match item {
            Item::Mod(inner) => {
                if let Some((_, items)) = &inner.content {
                    visit(items, &format!("{module}{}::", unraw(&inner.ident)), found);
                }
            }
            Item::Impl(item) => {
                if let Some((ident, name)) = name(item) {
                    found.insert(format!("{module}{ident}"), name);
                }
            }
            _ => {}
        }
    }
}

/// Reads what `full_name` of an `impl ::prost::Name for Type` returns.
fn name(item: &ItemImpl) -> Option<(String, String)> {
    let (of, _) = item.trait_.as_ref()?;
    if of.segments.last()?.ident != "Name" {
        return None;
    }
    let Type::Path(ty) = &*item.self_ty else { return None };
    let full = item.items.iter().find_map(|item| match item {
        ImplItem::Fn(item) if item.sig.ident == "full_name" => text(item.block.to_token_stream()),
        _ => None,
    })?;
    Some((unraw(&ty.path.segments.last()?.ident), full))
}

/// The first text in a function's body.
fn text(tokens: TokenStream) -> Option<String> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => text(group.stream()),
        TokenTree::Literal(literal) => match Lit::new(literal) {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// The full names of all that `.proto` files declare.
#[derive(Debug, Default)]
pub(super) struct Declared {
    types: BTreeSet<String>,
    /// The fields of messages, oneofs and the values of enums.
    fields: BTreeSet<String>,
}

impl Declared {
    pub(super) fn of(files: &[FileDescriptorProto]) -> Self {
        let mut declared = Self::default();
        for file in files {
            file.message_type.iter().for_each(|of| declared.message(file.package(), of));
            file.enum_type.iter().for_each(|of| declared.enumeration(file.package(), of));
        }
        declared
    }

    fn message(&mut self, scope: &str, message: &DescriptorProto) {
        let name = join(scope, message.name());
        message.nested_type.iter().for_each(|of| self.message(&name, of));
        message.enum_type.iter().for_each(|of| self.enumeration(&name, of));
        for (at, oneof) in message.oneof_decl.iter().enumerate() {
            // An optional field of proto3 is a oneof by itself, which has no name in Rust.
            let mut fields = message.field.iter().filter(|field| {
                field.oneof_index.and_then(|index| usize::try_from(index).ok()) == Some(at)
            });
            if fields.any(|field| !field.proto3_optional()) {
                self.types.insert(join(&name, oneof.name()));
                self.fields.insert(join(&name, oneof.name()));
            }
        }
        self.fields.extend(message.field.iter().map(|field| join(&name, field.name())));
        self.types.insert(name);
    }

    fn enumeration(&mut self, scope: &str, of: &EnumDescriptorProto) {
        let name = join(scope, of.name());
        self.fields.extend(of.value.iter().map(|value| join(&name, value.name())));
        self.types.insert(name);
    }

    /// The names that have nothing left when they become names of Rust.
    pub(super) fn nameless(&self) -> impl Iterator<Item = &str> {
        let is_empty = |name: &&String| name.split('.').any(|part| plain(part).is_empty());
        self.types.union(&self.fields).filter(is_empty).map(String::as_str)
    }

    /// A problem for people.
    pub(super) fn describe(&self, clash: &Clash) -> String {
        let (all, rust) = match clash {
            Clash::Type(path) => (&self.types, path),
            Clash::Field(path) => (&self.fields, path),
        };
        let wanted: Vec<String> = rust.split("::").map(plain).collect();
        let names = all.iter().filter(|name| name.split('.').map(plain).eq(wanted.iter().cloned()));
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                format!(
                    "{} and {last} are all `{rust}` in Rust: rename all but one",
                    rest.join(", ")
                )
            }
            _ => format!(
                "several names of the .proto files are `{rust}` in Rust: rename all but one"
            ),
        }
    }

    /// The type in Rust of each declared one, without those that are not generated.
    pub(super) fn in_rust(&self, types: Vec<String>) -> BTreeMap<&str, String> {
        let types: BTreeMap<Vec<String>, String> =
            types.into_iter().map(|path| (path.split("::").map(plain).collect(), path)).collect();
        let found = self.types.iter().filter_map(|name| {
            let key: Vec<String> = name.split('.').map(plain).collect();
            Some((name.as_str(), types.get(&key)?.clone()))
        });
        found.collect()
    }
}

/// A full name: a package may have none.
fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// The part of a name that stays when it becomes one of Rust.
fn plain(part: &str) -> String {
    part.chars().filter(|c| *c != '_').collect::<String>().to_lowercase()
}
