//! `use` trees, taken apart into one path for each name.

use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{UseTree, Visibility};

/// One leaf of a `use` tree.
pub(super) struct Leaf {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    pub(super) kind: LeafKind,
}

pub(super) enum LeafKind {
    /// Brings in one thing, by this name.
    Name(String),
    Glob,
}

impl Leaf {
    /// The path as it is written.
    pub(super) fn written(&self) -> String {
        let path = self.path.join("::");
        match &self.kind {
            LeafKind::Glob => format!("{path}::*"),
            LeafKind::Name(name) if self.path.last() == Some(name) => path,
            LeafKind::Name(name) => format!("{path} as {name}"),
        }
    }
}

/// The leaves of a `use` item; none when its paths begin with `::`, which leads to other crates.
pub(super) fn leaves(item: &syn::ItemUse) -> Vec<Leaf> {
    let mut found = Vec::new();
    if item.leading_colon.is_none() {
        collect(&item.tree, &mut Vec::new(), &mut found);
    }
    found
}

fn collect(tree: &UseTree, prefix: &mut Vec<String>, found: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(text(&path.ident));
            collect(&path.tree, prefix, found);
            prefix.pop();
        }
        UseTree::Name(name) => {
            let path = joined(prefix, &name.ident);
            let kind = LeafKind::Name(path.last().cloned().unwrap_or_default());
            found.push(Leaf { path, line: line(name), kind });
        }
        UseTree::Rename(rename) => {
            let path = joined(prefix, &rename.ident);
            let kind = LeafKind::Name(text(&rename.rename));
            found.push(Leaf { path, line: line(rename), kind });
        }
        UseTree::Glob(glob) => {
            found.push(Leaf { path: prefix.clone(), line: line(glob), kind: LeafKind::Glob });
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                collect(tree, prefix, found);
            }
        }
    }
}

/// `a::{self}` brings in `a` itself.
pub(super) fn joined(prefix: &[String], ident: &syn::Ident) -> Vec<String> {
    let mut path = prefix.to_vec();
    path.extend(Some(text(ident)).filter(|name| name != "self" || prefix.is_empty()));
    path
}

pub(super) fn text(ident: &syn::Ident) -> String {
    ident.unraw().to_string()
}

pub(super) fn line(node: &impl Spanned) -> usize {
    node.span().start().line
}

pub(super) fn is_public(visibility: &Visibility) -> bool {
    !matches!(visibility, Visibility::Inherited)
}
