//! The fields of messages that serde cannot write.
//!
//! The types of the crate `prost-types` implement no trait of serde. The generated Rust is searched, and not
//! the `.proto` files, as a build script may have put other types in their place.

use std::collections::BTreeMap;

use nano_syntax::unraw;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Item, Path, Token};

use crate::serde_options::serde_options;

/// The fields of all packages that serde is derived for and cannot write, by the type that they hold.
#[derive(Debug, Default)]
pub(super) struct Unwritten {
    fields: BTreeMap<String, Vec<String>>,
}

impl Unwritten {
    /// Searches the Rust of a package.
    pub(super) fn add(&mut self, package: &str, items: &[Item]) {
        self.visit(package, items, "");
    }

    /// The problems, one for each type.
    pub(super) fn problems(self) -> Vec<String> {
        let problem = |(name, fields): (String, Vec<String>)| {
            format!(
                "serde cannot write google.protobuf.{name}, the type of {}: prost-types has no serde. Put a type of your own in its place, by Config::prost(|prost| {{ prost.extern_path(\".google.protobuf.{name}\", \"crate::{name}\"); }}), or leave the fields out of JSON; the documentation of Config::serde shows both",
                fields.join(", ")
            )
        };
        self.fields.into_iter().map(problem).collect()
    }

    fn visit(&mut self, package: &str, items: &[Item], module: &str) {
        for item in items {
            match item {
                Item::Mod(inner) => {
                    if let Some((_, items)) = &inner.content {
                        self.visit(package, items, &format!("{module}{}::", unraw(&inner.ident)));
                    }
                }
                Item::Struct(item) if has_serde(&item.attrs) => {
                    for field in &item.fields {
                        let name = field.ident.as_ref().map(unraw).unwrap_or_default();
                        let place = format!("`{module}{}.{name}`", item.ident);
                        self.field(package, place, field, &[]);
                    }
                }
                Item::Enum(item) if has_serde(&item.attrs) => {
                    for variant in &item.variants {
                        for field in &variant.fields {
                            let place = format!("`{module}{}::{}`", item.ident, variant.ident);
                            self.field(package, place, field, &variant.attrs);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn field(&mut self, package: &str, place: String, field: &Field, around: &[Attribute]) {
        if is_written_otherwise(&field.attrs) || is_written_otherwise(around) {
            return;
        }
        if let Some(name) = well_known(field.ty.to_token_stream()) {
            self.fields.entry(name).or_default().push(format!("{place} of `{package}`"));
        }
    }
}

/// Returns `true` if a trait of serde is derived.
fn has_serde(attributes: &[Attribute]) -> bool {
    let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let paths = derives.filter_map(|attribute| {
        attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).ok()
    });
    paths.flatten().any(|path| {
        let last = path.segments.last();
        last.is_some_and(|last| last.ident == "Serialize" || last.ident == "Deserialize")
    })
}

/// Returns `true` if the build script has given a field a function of its own, or has left it out.
fn is_written_otherwise(attributes: &[Attribute]) -> bool {
    let names = ["with", "serialize_with", "deserialize_with", "skip"];
    serde_options(attributes).any(|option| names.iter().any(|name| option.path().is_ident(name)))
}

/// The name in `::prost_types::Name`, at any depth.
fn well_known(tokens: TokenStream) -> Option<String> {
    let mut idents = Vec::new();
    flatten(tokens, &mut idents);
    let at = idents.iter().position(|ident| ident == "prost_types")?;
    idents.into_iter().nth(at + 1)
}

fn flatten(tokens: TokenStream, idents: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => idents.push(unraw(&ident)),
            TokenTree::Group(group) => flatten(group.stream(), idents),
            _ => {}
        }
    }
}
