//! The files that are generated for message packages: one for each, and one with all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use prost_build::Module;
use prost_types::FileDescriptorSet;
use syn::{Attribute, Item, parse_quote};

use super::docs::Comments;
use super::names::{self, Declared};
use super::tree::{Clash, Tree};
use super::unwritten::Unwritten;
use super::{ALL, FOLDER, Package, Protos, uses};
use crate::error::{Error, Result};
use crate::output::MARK;

/// Makes the files of the modules that prost generated.
///
/// # Errors
///
/// Fails if two names of a package are one in Rust. If those of two packages are, there is no file with all.
pub(super) fn assemble(
    descriptors: &FileDescriptorSet,
    declared: &Declared,
    generated: impl IntoIterator<Item = (Module, String)>,
    comments: &Comments,
) -> Result<Protos> {
    let describe = |clashes: BTreeSet<Clash>| -> Vec<String> {
        clashes.iter().map(|clash| declared.describe(clash)).collect()
    };
    let mut modules: BTreeMap<Vec<String>, Vec<Item>> = BTreeMap::new();
    for (module, text) in generated {
        let file = syn::parse_file(&text).map_err(|error| {
            Error::new(format!("prost generated Rust that cannot be read: {error}"))
        })?;
        let mut items = file.items;
        comments.restore(&mut items);
        // prost generates nothing for a package whose messages are in `prost-types`.
        if !items.is_empty() {
            modules.insert(module.parts().map(str::to_owned).collect(), items);
        }
    }
    let (mut all, mut clashes) = (Tree::default(), BTreeSet::new());
    for (path, items) in &modules {
        let mut own = Tree::default();
        own.add(path, items.clone());
        clashes.extend(own.clashes());
        all.add(path, items.clone());
    }
    Error::check(describe(clashes))?;
    let clashes = describe(all.clashes());

    let paths: BTreeMap<String, Vec<String>> = descriptors
        .file
        .iter()
        .map(|file| (file.package().to_owned(), module(file.package())))
        .filter(|(_, path)| modules.contains_key(path))
        .collect();
    let mut unwritten = Unwritten::default();
    for (name, path) in &paths {
        unwritten.add(name, modules.get(path).map_or(&[], Vec::as_slice));
    }
    Error::check(unwritten.problems())?;
    let plain = |path: &Vec<String>| -> Vec<String> {
        path.iter().map(|part| part.strip_prefix("r#").unwrap_or(part).to_owned()).collect()
    };
    let in_rust = declared.in_rust(all.types());
    let plain_paths = paths.iter().map(|(name, path)| (name.clone(), plain(path))).collect();
    let mut uses = uses::find(&descriptors.file, &plain_paths, &in_rust);
    let packages = paths.into_iter().filter_map(|(name, path)| {
        let items = modules.get(&path)?.clone();
        let file = PathBuf::from(format!("{FOLDER}/{name}.rs"));
        let package =
            Package { uses: uses.remove(&name).unwrap_or_default(), ..package(file, items) };
        Some((name, package))
    });
    let packages = packages.collect();
    let all = clashes.is_empty().then(|| package(PathBuf::from(ALL), all.into_items()));
    Ok(Protos { packages, all, clashes, comments: comments.originals(), ..Protos::default() })
}

/// The path of a package's module in Rust; a keyword starts with `r#`.
fn module(package: &str) -> Vec<String> {
    Module::from_protobuf_package_name(package).parts().map(str::to_owned).collect()
}

fn package(path: PathBuf, mut items: Vec<Item>) -> Package {
    let names = names::full_names(&items);
    items.iter_mut().for_each(allow);
    let file: syn::File = parse_quote!(#(#items)*);
    let text = format!("{MARK}. Do not edit.\n{}", prettyplease::unparse(&file));
    Package { path, text, names, uses: Vec::new() }
}

/// Keeps lints away, which are about code that somebody wrote.
fn allow(item: &mut Item) {
    let attributes = match item {
        Item::Enum(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        _ => return,
    };
    let allowed: Attribute = parse_quote!(
        #[allow(clippy::all, clippy::pedantic, dead_code, missing_docs, unreachable_pub)]
    );
    attributes.insert(0, allowed);
}
