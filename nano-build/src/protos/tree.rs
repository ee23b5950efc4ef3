//! The modules of generated Rust, joined where they have one name.
//!
//! prost puts what is declared inside of the message `Offer` of the package `shop` into a module
//! `shop::offer`, and the package `shop.offer` as well.

use std::collections::{BTreeMap, BTreeSet};

use nano_syntax::unraw;
use proc_macro2::{Ident, Span};
use syn::{Attribute, Fields, Item, parse_quote};

/// A module with those inside.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    attributes: Vec<Attribute>,
    /// All items but modules.
    items: Vec<Item>,
    /// By their names without `r#`.
    modules: BTreeMap<String, (Ident, Tree)>,
}

/// A name that is taken twice: its path, as `shop::offer::Item`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clash {
    Type(String),
    Field(String),
}

impl Tree {
    /// Adds items to the module at a path, whose parts may start with `r#`.
    pub(super) fn add(&mut self, path: &[String], items: Vec<Item>) {
        if let Some((first, rest)) = path.split_first() {
            return self.module(ident(first)).add(rest, items);
        }
        for item in items {
            match item {
                Item::Mod(item) if item.content.is_some() => {
                    let module = self.module(item.ident);
                    if module.attributes.is_empty() {
                        module.attributes = item.attrs;
                    }
                    let (_, items) = item.content.unwrap_or_default();
                    module.add(&[], items);
                }
                item => self.items.push(item),
            }
        }
    }

    fn module(&mut self, ident: Ident) -> &mut Tree {
        &mut self.modules.entry(unraw(&ident)).or_insert_with(|| (ident, Self::default())).1
    }

    /// The items, and the modules after them.
    pub(super) fn into_items(self) -> Vec<Item> {
        let mut items = self.items;
        for (ident, tree) in self.modules.into_values() {
            let attributes = tree.attributes.clone();
            let inside = tree.into_items();
            items.push(parse_quote!(#(#attributes)* pub mod #ident { #(#inside)* }));
        }
        items
    }

    /// The paths of all structs and enums, without `r#`.
    pub(super) fn types(&self) -> Vec<String> {
        let own = self.items.iter().filter_map(|item| match item {
            Item::Struct(item) => Some(unraw(&item.ident)),
            Item::Enum(item) => Some(unraw(&item.ident)),
            _ => None,
        });
        let inside = self.modules.iter().flat_map(|(name, (_, tree))| {
            tree.types().into_iter().map(move |path| format!("{name}::{path}"))
        });
        own.chain(inside).collect()
    }

    /// The names that are taken twice.
    pub(super) fn clashes(&self) -> BTreeSet<Clash> {
        let mut found = BTreeSet::new();
        self.visit("", &mut found);
        found
    }

    fn visit(&self, path: &str, found: &mut BTreeSet<Clash>) {
        let mut taken = BTreeSet::new();
        for item in &self.items {
            let (ident, fields): (_, Vec<&Ident>) = match item {
                Item::Struct(item) => (&item.ident, named(&item.fields)),
                Item::Enum(item) => {
                    (&item.ident, item.variants.iter().map(|variant| &variant.ident).collect())
                }
                _ => continue,
            };
            let name = format!("{path}{}", unraw(ident));
            let mut known = BTreeSet::new();
            let twice = fields.into_iter().map(unraw).filter(|field| !known.insert(field.clone()));
            found.extend(twice.map(|field| Clash::Field(format!("{name}::{field}"))));
            if !taken.insert(name.clone()) {
                found.insert(Clash::Type(name));
            }
        }
        for (name, (_, tree)) in &self.modules {
            tree.visit(&format!("{path}{name}::"), found);
        }
    }
}

fn named(fields: &Fields) -> Vec<&Ident> {
    fields.iter().filter_map(|field| field.ident.as_ref()).collect()
}

/// An identifier as prost writes it.
fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(name) => Ident::new_raw(name, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}
