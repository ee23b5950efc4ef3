//! A visit of every path in a crate.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Item, Stmt};

use super::Witness;
use super::imports::{Leaf, LeafKind, is_public, leaves, line, text};
use super::modules::{Module, Tree, attributes, is_test_only};
use super::names::{Names, Place};
use super::paths::Scope;
use super::tokens::runs;

/// A path in one file that names something of another.
pub(super) struct Found {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) witness: Witness,
}

pub(super) fn arrows(tree: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    for (module, Module { items, .. }) in tree.modules.iter().enumerate() {
        for (file, item) in items {
            let mut visitor = Visitor { tree, module, file, blocks: Vec::new(), found };
            visitor.visit_item(item);
            found = visitor.found;
        }
    }
    found
}

struct Visitor<'a> {
    tree: &'a Tree,
    module: usize,
    file: &'a str,
    /// The names of the blocks around, the innermost last.
    blocks: Vec<Names>,
    found: Vec<Found>,
}

impl Visitor<'_> {
    fn scope(&self) -> Scope<'_> {
        Scope { tree: self.tree, module: self.module, blocks: &self.blocks }
    }

    fn add(&mut self, places: BTreeSet<Place>, line: usize, path: &str) {
        for place in places.into_iter().filter(|place| place.file != self.file) {
            self.found.push(Found {
                from: self.file.to_owned(),
                to: place.file,
                witness: Witness { line, path: path.to_owned() },
            });
        }
    }

    fn leaf(&mut self, leaf: &Leaf, public: bool) {
        let mut places = match leaf.kind {
            LeafKind::Glob => self.scope().glob(&leaf.path),
            LeafKind::Name(_) => self.scope().places(&leaf.path),
        };
        if public {
            places.retain(|place| !self.tree.is_within(place.module, self.module));
        }
        self.add(places, leaf.line, &leaf.written());
    }
}

impl<'a> Visit<'a> for Visitor<'_> {
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_item(&mut self, item: &'a Item) {
        if !is_test_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        if !is_test_only(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        for leaf in leaves(item) {
            self.leaf(&leaf, is_public(&item.vis));
        }
    }

    fn visit_block(&mut self, block: &'a syn::Block) {
        let mut names = Names::default();
        let place = Place { file: self.file.to_owned(), module: self.module };
        for statement in &block.stmts {
            if let Stmt::Item(item) = statement {
                names.add(item, &place);
            }
        }
        self.blocks.push(names);
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        if path.leading_colon.is_none() {
            let names: Vec<_> = path.segments.iter().map(|part| text(&part.ident)).collect();
            self.add(self.scope().places(&names), line(path), &names.join("::"));
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a syn::Macro) {
        if let Some(name) = call.path.get_ident().map(text) {
            let places = self.scope().bare_macro(&name).into_iter().collect();
            self.add(places, line(&call.path), &format!("{name}!"));
        }
        for run in runs(call.tokens.clone()) {
            let path = run.path.join("::");
            if run.glob {
                self.add(self.scope().glob(&run.path), run.line, &format!("{path}::*"));
            } else {
                self.add(self.scope().places(&run.path), run.line, &path);
            }
        }
        visit::visit_macro(self, call);
    }
}
