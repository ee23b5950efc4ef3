//! The module tree of a crate, without the modules and items that are compiled for tests only.

use std::collections::HashMap;

use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta};

use super::imports::{is_public, text};
use super::names::{Is, Names, Place};

pub(super) struct Tree {
    /// The crate's root comes first.
    pub(super) modules: Vec<Module>,
    pub(super) files: Vec<String>,
}

pub(super) struct Module {
    pub(super) file: String,
    pub(super) parent: Option<usize>,
    pub(super) names: Names,
    /// The items that are not modules, each with its file.
    pub(super) items: Vec<(String, Item)>,
    /// Macros that are in scope here and below by their bare name.
    pub(super) macros: HashMap<String, Place>,
}

/// The location of a module's text.
#[derive(Clone)]
struct Source {
    file: String,
    /// The folder of its children's files.
    children: String,
    /// The folder that `#[path]` starts from.
    paths: String,
}

struct Reader<'a> {
    load: &'a dyn Fn(&str) -> Option<String>,
    tree: Tree,
}

impl Tree {
    pub(super) fn read(load: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut reader = Reader { load, tree: Tree { modules: Vec::new(), files: Vec::new() } };
        let (children, paths) = (String::new(), String::new());
        let root = reader.module(None, "lib.rs");
        reader.file(root, &Source { file: "lib.rs".into(), children, paths });
        reader.tree
    }

    pub(super) fn is_within(&self, module: usize, ancestor: usize) -> bool {
        let mut chain = std::iter::successors(Some(module), |module| self.modules[*module].parent);
        chain.any(|module| module == ancestor)
    }
}

impl Reader<'_> {
    fn module(&mut self, parent: Option<usize>, file: &str) -> usize {
        self.tree.modules.push(Module {
            file: file.to_owned(),
            parent,
            names: Names::default(),
            items: Vec::new(),
            macros: HashMap::new(),
        });
        self.tree.modules.len() - 1
    }

    fn file(&mut self, module: usize, source: &Source) {
        let text = (self.load)(&source.file).unwrap_or_else(|| panic!("no file {}", source.file));
        let file =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", source.file));
        if !self.tree.files.contains(&source.file) {
            self.tree.files.push(source.file.clone());
        }
        self.items(module, source, file.items);
    }

    fn items(&mut self, module: usize, source: &Source, items: Vec<Item>) {
        for item in items {
            if is_test_only(attributes(&item)) {
                continue;
            }
            let place = Place { file: source.file.clone(), module };
            match item {
                Item::Mod(item) => self.child(module, source, item),
                Item::Macro(item) if item.mac.path.is_ident("include") => {
                    match syn::parse2::<syn::LitStr>(item.mac.tokens.clone()) {
                        Ok(file) => {
                            let file = join(folder(&source.file), &file.value());
                            self.file(module, &Source { file, ..source.clone() });
                        }
                        Err(_) => panic!("{}: `include!` of a computed path", source.file),
                    }
                }
                item => {
                    self.define_macro(&item, &place);
                    let module = &mut self.tree.modules[module];
                    module.names.add(&item, &place);
                    module.items.push((place.file, item));
                }
            }
        }
    }

    fn define_macro(&mut self, item: &Item, place: &Place) {
        let Item::Macro(syn::ItemMacro { ident: Some(ident), attrs, .. }) = item else { return };
        self.tree.modules[place.module].macros.insert(text(ident), place.clone());
        if has(attrs, "macro_export") {
            self.tree.modules[0].names.insert(text(ident), true, Is::Other(place.clone()));
        }
    }

    fn child(&mut self, parent: usize, source: &Source, item: syn::ItemMod) {
        let name = text(&item.ident);
        let children = join(&source.children, &name);
        let path = item.attrs.iter().find_map(path_attribute);
        let below = match (&item.content, path) {
            (Some(_), _) => Source { file: source.file.clone(), paths: children.clone(), children },
            // The children of a file that `#[path]` names stand beside it.
            (None, Some(path)) => {
                let file = join(&source.paths, &path);
                let folder = folder(&file).to_owned();
                Source { file, children: folder.clone(), paths: folder }
            }
            (None, None) => {
                let file = join(&source.children, &format!("{name}.rs"));
                Source { file, children, paths: source.children.clone() }
            }
        };
        let child = self.module(Some(parent), &below.file);
        let names = &mut self.tree.modules[parent].names;
        names.insert(name, is_public(&item.vis), Is::Module(child));
        match item.content {
            Some((_, items)) => self.items(child, &below, items),
            None if is_test_file(&below.file) => {}
            None => self.file(child, &below),
        }
        if has(&item.attrs, "macro_use") {
            let macros = self.tree.modules[child].macros.clone();
            self.tree.modules[parent].macros.extend(macros);
        }
    }
}

fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn is_test_file(file: &str) -> bool {
    file.split('/').any(|part| part == "tests" || part == "tests.rs")
}

fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident(name))
}

fn path_attribute(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    }
}

/// `#[cfg(test)]`, or `#[cfg(all(test, ..))]`.
pub(super) fn is_test_only(attributes: &[Attribute]) -> bool {
    fn needs_test(meta: &Meta) -> bool {
        match meta {
            Meta::Path(path) => path.is_ident("test"),
            Meta::List(list) if list.path.is_ident("all") => {
                let all = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
                list.parse_args_with(all).is_ok_and(|all| all.iter().any(needs_test))
            }
            _ => false,
        }
    }
    let cfg = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    attributes.iter().filter(cfg).any(|cfg| cfg.parse_args().is_ok_and(|meta| needs_test(&meta)))
}

pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
