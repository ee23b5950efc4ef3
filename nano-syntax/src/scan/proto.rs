//! The messages that `include_proto!` brings into a module.

use std::rc::Rc;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Item, LitStr, Macro};

use super::error::ErrorKind;
use super::load::Loader;
use super::names::Names;
use super::source::{Fault, Node};
use super::tree::{Entry, ModuleId, ProtoModule, Tree};
use crate::name::unraw;

/// A use of the macro.
struct Inclusion {
    module: ModuleId,
    /// The file that the macro is in.
    from: usize,
    /// Its place.
    span: Span,
    package: syn::Result<LitStr>,
}

/// Puts the items of message packages where the macro stands.
///
/// The macro may be renamed, so that this has to wait until all imports are known.
pub(super) fn include(tree: &mut Tree, loader: &mut Loader<'_>) {
    for Inclusion { module, from, span, package } in inclusions(tree) {
        let package = match package {
            Ok(package) => package.value(),
            Err(_) => {
                let message = "`include_proto!` takes the name of a message package: `include_proto!(\"game.v1\")`";
                loader.report(from, Fault::new(ErrorKind::Proto, span, message));
                continue;
            }
        };
        let file = match loader.open_package(&package) {
            Ok(file) => file,
            Err(message) => {
                loader.report(from, Fault::new(ErrorKind::Proto, span, message));
                continue;
            }
        };
        let Some(source) = loader.source(file).filter(|source| source.is_active) else { continue };
        let depth = tree.own_path(module).matches("::").count();
        let top = Rc::new(ProtoModule { package, path: String::new() });
        Inside { tree, loader, file }.fill(module, &source.nodes, &top, depth);
    }
}

fn inclusions(tree: &Tree) -> Vec<Inclusion> {
    let names = Names { tree };
    let mut found = Vec::new();
    for (module, of) in tree.modules.iter().enumerate() {
        for entry in &of.items {
            if let Item::Macro(item) = &*entry.item
                && item.ident.is_none()
                && names.is_include_proto(module, &item.mac.path)
            {
                let Macro { path, .. } = &item.mac;
                let package = item.mac.parse_body();
                found.push(Inclusion { module, from: entry.file, span: path.span(), package });
            }
        }
    }
    found
}

/// The way through one included file.
struct Inside<'t, 'l, 'a> {
    tree: &'t mut Tree,
    loader: &'l mut Loader<'a>,
    file: usize,
}

impl Inside<'_, '_, '_> {
    fn fill(&mut self, id: ModuleId, nodes: &[Node], of: &Rc<ProtoModule>, depth: usize) {
        for node in nodes {
            match node {
                Node::Item(item) => {
                    if let Some(module) = self.tree.modules.get_mut(id) {
                        let proto = Some(of.clone());
                        module.add(Entry { item: item.clone(), file: self.file, proto });
                    }
                }
                Node::Module(node) => {
                    // Generated files hold their modules themselves.
                    let Some(nodes) = &node.inline else { continue };
                    if !self.loader.has_room(self.file, node.ident.span(), depth + 1) {
                        continue;
                    }
                    let name = unraw(&node.ident);
                    let path = of.join(&name);
                    let inner = Rc::new(ProtoModule { package: of.package.clone(), path });
                    let child = self.child(id, &name);
                    self.fill(child, nodes, &inner, depth + 1);
                }
            }
        }
    }

    fn child(&mut self, parent: ModuleId, name: &str) -> ModuleId {
        let known = self.tree.modules.get(parent).and_then(|module| module.children.get(name));
        match known {
            // The compiler refuses two modules of one name; either will do.
            Some(known) => *known,
            None => self.tree.add_child(parent, name, self.file),
        }
    }
}
