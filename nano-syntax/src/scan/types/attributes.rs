//! The attributes of a type that may be macros, and the derives.

use std::collections::HashSet;

use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Path, Token};

use crate::scan::model::TypeAttribute;
use crate::scan::resolve::{self, Meaning};
use crate::scan::tree::{Import, ModuleId, Tree};

/// Attributes of the language, none of which changes a type or a module, and the marks of the derives that are read.
const BUILT_IN: [&str; 19] = [
    "allow",
    "automatically_derived",
    "cfg",
    "cfg_attr",
    "cfg_eval",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "forbid",
    "macro_use",
    "must_use",
    "non_exhaustive",
    "path",
    "prost",
    "repr",
    "serde",
    "warn",
];

/// Tools whose attributes are for them alone.
const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// Crates whose `*` brings no attribute macro for a type.
const WITHOUT_MACROS: [&str; 5] = ["alloc", "core", "nano", "serde", "std"];

/// The attributes that are not the language's own.
pub(super) fn of(tree: &Tree, module: ModuleId, attributes: &[Attribute]) -> Vec<TypeAttribute> {
    let mut found = Vec::new();
    for (at, attribute) in attributes.iter().enumerate() {
        let written = Import::of(attribute.path());
        let is_known = match written.segments.as_slice() {
            [name] => BUILT_IN.contains(&&**name),
            [tool, ..] => TOOLS.contains(&&**tool),
            [] => true,
        };
        if is_known {
            continue;
        }
        let path = whole(tree, module, &written);
        // A name without an import belongs to a derive, unless a `*` has brought it.
        let may_be_macro = path.len() > 1 || brings_unknown(tree, module);
        found.push(TypeAttribute { path: path.join("::"), at, may_be_macro });
    }
    found
}

/// The macros on the modules around, which may change all that is in them.
pub(super) fn around(tree: &Tree, module: ModuleId) -> Vec<String> {
    let mut found = Vec::new();
    let mut inner = tree.modules.get(module);
    while let Some(module) = inner {
        let Some(parent) = module.parent else { break };
        let macros = of(tree, parent, &module.attributes).into_iter();
        found.extend(macros.filter(|found| found.may_be_macro).map(|found| found.path));
        inner = tree.modules.get(parent);
    }
    found
}

/// The whole paths of the derives.
pub(super) fn derives(tree: &Tree, module: ModuleId, attributes: &[Attribute]) -> Vec<String> {
    let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let paths = derives.filter_map(|attribute| {
        attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).ok()
    });
    paths.flatten().map(|path| whole(tree, module, &Import::of(&path)).join("::")).collect()
}

/// The path of a macro as far as its imports can be followed.
fn whole(tree: &Tree, module: ModuleId, path: &Import) -> Vec<String> {
    let meanings = resolve::resolve(tree, module, path).into_iter();
    let outside = meanings.filter_map(|meaning| match meaning {
        Meaning::Outside(path) => Some(path),
        _ => None,
    });
    // The import of a crate has the same name as its macro at times.
    outside.max_by_key(Vec::len).unwrap_or_else(|| path.segments.clone())
}

/// Returns `true` if a crate that is not read may have brought macros of any name into a module.
fn brings_unknown(tree: &Tree, module: ModuleId) -> bool {
    let mut queue = vec![module];
    let mut seen = HashSet::new();
    while let Some(id) = queue.pop() {
        let Some(module) = tree.modules.get(id).filter(|_| seen.insert(id)) else { continue };
        for meaning in module.globs.iter().flat_map(|glob| resolve::resolve(tree, id, glob)) {
            match meaning {
                Meaning::Module(inner) => queue.push(inner),
                Meaning::Outside(path)
                    if !path.first().is_some_and(|first| WITHOUT_MACROS.contains(&&**first)) =>
                {
                    return true;
                }
                _ => {}
            }
        }
    }
    let root = tree.modules.get(module).and_then(|module| tree.modules.get(module.krate));
    root.is_some_and(|root| {
        root.items.iter().any(|entry| match &*entry.item {
            Item::ExternCrate(item) => {
                let is_used = item.attrs.iter().any(|attr| attr.path().is_ident("macro_use"));
                is_used && !WITHOUT_MACROS.iter().any(|name| item.ident == name)
            }
            _ => false,
        })
    })
}
