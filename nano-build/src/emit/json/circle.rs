//! Search for type aliases that consist of themselves, which TypeScript refuses.
//!
//! A type may refer to itself from within an object or an array, and nearly all do. What remains is
//! something like `struct Nested(Option<Box<Nested>>)`, whose JSON is always `null`.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Content, Shape, Tagging, Type, TypeDef};

/// The types that `def` must not name, since it would be part of its own definition.
pub(super) fn around<'m>(
    def: &'m TypeDef,
    defs: &BTreeMap<&'m str, &'m TypeDef>,
) -> BTreeSet<&'m str> {
    direct(def, defs)
        .into_iter()
        .filter(|name| *name == def.name || reached(name, defs).contains(def.name.as_str()))
        .collect()
}

/// All types that a type consists of, directly and indirectly.
fn reached<'m>(from: &'m str, defs: &BTreeMap<&'m str, &'m TypeDef>) -> BTreeSet<&'m str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(name) = next.pop() {
        let Some(def) = defs.get(name) else { continue };
        next.extend(direct(def, defs).into_iter().filter(|name| reached.insert(*name)));
    }
    reached
}

/// The types that a type consists of, not those that it holds.
fn direct<'m>(def: &'m TypeDef, defs: &BTreeMap<&'m str, &'m TypeDef>) -> BTreeSet<&'m str> {
    let mut names = BTreeSet::new();
    match &def.shape {
        Shape::Alias(ty) => parts(ty, defs, &mut names),
        Shape::Object(fields) => fields.flatten.iter().for_each(|ty| parts(ty, defs, &mut names)),
        Shape::Enum { tagging, variants } => {
            for variant in variants {
                match (&variant.content, tagging) {
                    (Content::Value(ty), Tagging::Untagged | Tagging::Internal { .. }) => {
                        parts(ty, defs, &mut names);
                    }
                    (Content::Fields(fields), Tagging::Untagged | Tagging::Internal { .. }) => {
                        fields.flatten.iter().for_each(|ty| parts(ty, defs, &mut names));
                    }
                    _ => {}
                }
            }
        }
    }
    names
}

fn parts<'m>(ty: &'m Type, defs: &BTreeMap<&'m str, &'m TypeDef>, names: &mut BTreeSet<&'m str>) {
    match ty {
        Type::Option(inner) => parts(inner, defs, names),
        Type::Union(types) => types.iter().for_each(|ty| parts(ty, defs, names)),
        Type::Named { name, arguments } => {
            // An interface stands for itself; any other name is replaced by what it means, and its
            // arguments with it.
            let is_interface = defs.get(name.as_str()).is_some_and(
                |def| matches!(&def.shape, Shape::Object(fields) if fields.flatten.is_empty()),
            );
            if !is_interface {
                names.insert(name);
                arguments.iter().for_each(|ty| parts(ty, defs, names));
            }
        }
        _ => {}
    }
}
