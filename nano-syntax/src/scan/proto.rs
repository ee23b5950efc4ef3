//! The messages that `include_protos!` and `include_proto!` bring into a module.

use std::collections::HashMap;
use std::rc::Rc;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Item, LitStr, Macro};

use super::error::ErrorKind;
use super::load::Loader;
use super::names::{MessageMacro, Names};
use super::resolve::{self, Meaning};
use super::source::{Fault, Node};
use super::sources::ProtoUse;
use super::tree::{Entry, Import, ModuleId, ProtoModule, Tree};
use crate::name::unraw;

/// A use of one of the macros.
struct Inclusion {
    module: ModuleId,
    /// The file that the macro is in.
    from: usize,
    /// Its place.
    span: Span,
    /// The package, or all; or the mistake in the macro's input.
    package: Result<Option<String>, &'static str>,
}

/// A use of another package by one that was brought in.
struct Need {
    module: ModuleId,
    from: usize,
    span: Span,
    package: String,
    used: ProtoUse,
}

/// Puts the items of message packages where the macros stand.
///
/// The macros may be renamed, so that this has to wait until all imports are known.
pub(super) fn include(tree: &mut Tree, loader: &mut Loader<'_>) {
    let mut needs = Vec::new();
    let inclusions = inclusions(tree);
    let named = |of: &Inclusion| Some((of.module, of.package.clone().ok()??));
    let named: HashMap<ModuleId, String> = inclusions.iter().filter_map(named).collect();
    for Inclusion { module, from, span, package } in inclusions {
        let opened = match package {
            Ok(package) => {
                loader.open_package(package.as_deref()).map(|(file, uses)| (package, file, uses))
            }
            Err(message) => Err(message.to_owned()),
        };
        let (package, file, uses) = match opened {
            Ok(opened) => opened,
            Err(message) => {
                loader.report(from, Fault::new(ErrorKind::Proto, span, message));
                continue;
            }
        };
        let name = package.clone().unwrap_or_default();
        let need = |used| Need { module, from, span, package: name.clone(), used };
        needs.extend(uses.into_iter().map(need));
        let Some(source) = loader.source(file).filter(|source| source.is_active) else { continue };
        let depth = tree.own_path(module).matches("::").count();
        let top = Rc::new(ProtoModule { package, path: String::new() });
        Inside { tree, loader, file, from, span, named: &named }.fill(
            module,
            &source.nodes,
            &top,
            depth,
        );
    }
    for need in needs {
        need.check(tree, loader);
    }
}

fn inclusions(tree: &Tree) -> Vec<Inclusion> {
    let names = Names { tree };
    let mut found = Vec::new();
    for (module, of) in tree.modules.iter().enumerate() {
        for entry in &of.items {
            if let Item::Macro(item) = &*entry.item
                && item.ident.is_none()
                && let Some(name) = names.message_macro(module, &item.mac.path)
            {
                let package = package(name, &item.mac);
                let span = item.mac.path.span();
                found.push(Inclusion { module, from: entry.file, span, package });
            }
        }
    }
    found
}

/// The package that a macro names.
fn package(name: MessageMacro, of: &Macro) -> Result<Option<String>, &'static str> {
    match name {
        MessageMacro::All if of.tokens.is_empty() => Ok(None),
        MessageMacro::All => {
            Err("`include_protos!()` takes nothing and brings in all message packages; \
             `include_proto!(\"game.v1\")` brings in one")
        }
        MessageMacro::One => match of.parse_body::<LitStr>() {
            Ok(package) => Ok(Some(package.value())),
            Err(_) => Err("`include_proto!` takes the name of a message package: \
                 `include_proto!(\"game.v1\")`; `include_protos!()` brings in all"),
        },
    }
}

impl Need {
    /// Reports a use that leads to nothing, which the compiler would report as a mistake in the
    /// generated file.
    fn check(self, tree: &Tree, loader: &mut Loader<'_>) {
        let ProtoUse { package: used, path } = &self.used;
        let segments = path.split("::").map(str::to_owned).collect();
        let meanings = resolve::resolve(tree, self.module, &Import { is_global: false, segments });
        let is_there = meanings.iter().any(|meaning| match meaning {
            Meaning::Type(..) => true,
            // An import from a crate that is not scanned.
            Meaning::Outside(path) => path.first().is_some_and(|first| first != "crate"),
            Meaning::Module(_) | Meaning::Value => false,
        });
        if !is_there {
            let message = format!(
                "the messages of `{}` use those of `{used}`, as `{path}`, which leads to nothing \
                 from here: `include_protos!()` brings in all packages, nested as they must be",
                self.package
            );
            loader.report(self.from, Fault::new(ErrorKind::Proto, self.span, message));
        }
    }
}

/// The way through one included file.
struct Inside<'t, 'l, 'a> {
    tree: &'t mut Tree,
    loader: &'l mut Loader<'a>,
    file: usize,
    /// The file of the macro, and the macro's place in it.
    from: usize,
    span: Span,
    /// The packages that macros bring in by their names, by module.
    named: &'t HashMap<ModuleId, String>,
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
                Node::Module(module) => {
                    // Generated files hold their modules themselves.
                    let Some(inside) = &module.inline else { continue };
                    if !self.loader.has_room(self.file, module.ident.span(), depth + 1) {
                        continue;
                    }
                    let name = unraw(&module.ident);
                    let path = of.join(&name);
                    let inner = Rc::new(ProtoModule { package: of.package.clone(), path });
                    let known = self.tree.modules.get(id).and_then(|of| of.children.get(&name));
                    let child = match known {
                        Some(known) => {
                            let known = *known;
                            self.refuse(known, &name, nodes, of);
                            known
                        }
                        None => self.tree.add_child(id, &name, self.file),
                    };
                    self.fill(child, inside, &inner, depth + 1);
                }
            }
        }
    }

    /// Reports a module that is there already, which the compiler would report as a mistake in the
    /// generated file.
    fn refuse(&mut self, known: ModuleId, name: &str, nodes: &[Node], of: &ProtoModule) {
        let message = match &of.package {
            Some(package) => {
                let message = message_of(name, nodes);
                let other = match self.named.get(&known) {
                    Some(other) => format!("here it is the module of the package `{other}`, too"),
                    None => format!("there is a `mod {name}` here as well"),
                };
                format!(
                    "{message} of `{package}` has a module `{name}` for what is declared inside of it, and \
                     {other}: `include_protos!()` brings in all packages, and joins their modules"
                )
            }
            None => format!(
                "the message packages have a module `{name}`, and there is a `mod {name}` here as well: bring \
                 the packages into a module of their own, as `mod pb {{ nano::include_protos!(); }}`"
            ),
        };
        self.loader.report(self.from, Fault::new(ErrorKind::Proto, self.span, message));
    }
}

/// The message that a module has its name from.
fn message_of(module: &str, nodes: &[Node]) -> String {
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    let message = nodes.iter().find_map(|node| match node {
        Node::Item(item) => match &**item {
            Item::Struct(item) => {
                Some(unraw(&item.ident)).filter(|name| plain(name) == plain(module))
            }
            _ => None,
        },
        Node::Module(_) => None,
    });
    message.map_or_else(|| "a message".to_owned(), |name| format!("the message `{name}`"))
}
