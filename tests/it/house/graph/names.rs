//! The names that a module or a block brings into scope.

use std::collections::HashMap;

use syn::{Item, Visibility};

use super::imports::{LeafKind, is_public, leaves, text};

/// A name can stand for several things: a module and a function, or one for each `cfg`.
#[derive(Default)]
pub(super) struct Names {
    pub(super) by_name: HashMap<String, Vec<Name>>,
    pub(super) globs: Vec<Import>,
}

pub(super) struct Name {
    pub(super) public: bool,
    pub(super) is: Is,
}

pub(super) enum Is {
    Module(usize),
    /// Something with names of its own: a type, or a trait.
    Type(Place),
    /// A function, a constant, a macro.
    Other(Place),
    Import(Import),
}

/// The place of a definition. Because of `include!` the file need not be the module's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) module: usize,
}

pub(super) struct Import {
    pub(super) path: Vec<String>,
    pub(super) public: bool,
}

impl Names {
    pub(super) fn insert(&mut self, name: String, public: bool, is: Is) {
        self.by_name.entry(name).or_default().push(Name { public, is });
    }

    /// Adds what an item brings into scope. Modules are the caller's.
    pub(super) fn add(&mut self, item: &Item, place: &Place) {
        let (visibility, ident, named) = match item {
            Item::Struct(item) => (&item.vis, &item.ident, Is::Type(place.clone())),
            Item::Enum(item) => (&item.vis, &item.ident, Is::Type(place.clone())),
            Item::Union(item) => (&item.vis, &item.ident, Is::Type(place.clone())),
            Item::Trait(item) => (&item.vis, &item.ident, Is::Type(place.clone())),
            Item::TraitAlias(item) => (&item.vis, &item.ident, Is::Type(place.clone())),
            Item::Type(item) => (&item.vis, &item.ident, Is::Type(place.clone())),
            Item::Const(item) => (&item.vis, &item.ident, Is::Other(place.clone())),
            Item::Static(item) => (&item.vis, &item.ident, Is::Other(place.clone())),
            Item::Fn(item) => (&item.vis, &item.sig.ident, Is::Other(place.clone())),
            Item::Macro(syn::ItemMacro { ident: Some(ident), .. }) => {
                (&Visibility::Inherited, ident, Is::Other(place.clone()))
            }
            Item::Use(item) => {
                let public = is_public(&item.vis);
                for leaf in leaves(item) {
                    let import = Import { path: leaf.path, public };
                    match leaf.kind {
                        LeafKind::Name(name) => self.insert(name, public, Is::Import(import)),
                        LeafKind::Glob => self.globs.push(import),
                    }
                }
                return;
            }
            _ => return,
        };
        self.insert(text(ident), is_public(visibility), named);
    }
}
