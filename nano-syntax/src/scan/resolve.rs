//! The meaning of a path: a type of the crate, or something outside of it.

use std::collections::HashSet;

use super::globs;
use super::tree::{Import, ModuleId, Tree};

/// One meaning of a path. A name may mean a module, a type and a macro at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Module(ModuleId),
    /// A type, by its module and name.
    Type(ModuleId, String),
    /// A constant or a static, which a path to a type cannot mean.
    Value,
    /// Something that no file of the crate defines: of another crate, or made by a macro.
    Outside(Vec<String>),
}

/// All that `path` can mean in a module.
pub(super) fn resolve(tree: &Tree, module: ModuleId, path: &Import) -> Vec<Meaning> {
    let from = tree.modules.get(module).map_or(0, |module| module.krate);
    Resolver { tree, from, visited: HashSet::new() }.path(module, path)
}

struct Resolver<'a> {
    tree: &'a Tree,
    /// The crate that asks.
    from: ModuleId,
    /// Imports that have been followed: they may lead in circles.
    visited: HashSet<(ModuleId, String)>,
}

impl Resolver<'_> {
    fn path(&mut self, module: ModuleId, path: &Import) -> Vec<Meaning> {
        let segments = path.segments.as_slice();
        let Some((first, rest)) = segments.split_first() else { return Vec::new() };
        let mut meanings = match first.as_str() {
            name if path.is_global => vec![self.external(module, name)],
            "crate" => self.krate(module).into_iter().map(Meaning::Module).collect(),
            "self" => vec![Meaning::Module(module)],
            "super" => self.parent(module).into_iter().collect(),
            name => {
                let found = self.name(module, name);
                if found.is_empty() { vec![self.external(module, name)] } else { found }
            }
        };
        for segment in rest {
            meanings = meanings.into_iter().flat_map(|of| self.member(of, segment)).collect();
        }
        meanings
    }

    /// A crate, or a name that cannot be followed.
    fn external(&self, module: ModuleId, name: &str) -> Meaning {
        let name = self.krate(module).map_or(name, |krate| self.tree.real_name(krate, name));
        match self.tree.extern_root(name) {
            Some(root) => Meaning::Module(root),
            None => Meaning::Outside(vec![name.to_owned()]),
        }
    }

    fn krate(&self, module: ModuleId) -> Option<ModuleId> {
        self.tree.modules.get(module).map(|module| module.krate)
    }

    fn parent(&self, module: ModuleId) -> Option<Meaning> {
        self.tree.modules.get(module)?.parent.map(Meaning::Module)
    }

    fn member(&mut self, of: Meaning, name: &str) -> Vec<Meaning> {
        match of {
            Meaning::Module(module) if name == "super" => self.parent(module).into_iter().collect(),
            Meaning::Module(module) if name == "self" => vec![Meaning::Module(module)],
            Meaning::Module(module) => {
                let found = self.name(module, name);
                if !found.is_empty() {
                    return found;
                }
                let path = self.tree.path(module, self.from);
                let path = path.split("::").chain([name]);
                vec![Meaning::Outside(path.map(str::to_owned).collect())]
            }
            Meaning::Outside(mut path) => {
                path.push(name.to_owned());
                vec![Meaning::Outside(path)]
            }
            // A member of a type, as a variant, is no type and no macro.
            Meaning::Type(..) | Meaning::Value => Vec::new(),
        }
    }

    /// The meanings of a name in a module; none if the module does not have it.
    fn name(&mut self, id: ModuleId, name: &str) -> Vec<Meaning> {
        let tree = self.tree;
        let Some(module) = tree.modules.get(id) else { return Vec::new() };
        let mut found = Vec::new();
        found.extend(module.children.get(name).map(|child| Meaning::Module(*child)));
        if module.types.contains_key(name) {
            found.push(Meaning::Type(id, name.to_owned()));
        }
        if module.values.contains(name) {
            found.push(Meaning::Value);
        }
        if !self.visited.insert((id, name.to_owned())) {
            return found;
        }
        for import in module.imports.get(name).into_iter().flatten() {
            found.extend(self.path(id, import));
        }
        if found.is_empty() {
            for glob in &module.globs {
                for meaning in self.path(id, glob) {
                    match meaning {
                        Meaning::Module(from) => found.extend(self.name(from, name)),
                        Meaning::Outside(mut path) if globs::brings(&path, name) => {
                            path.push(name.to_owned());
                            found.push(Meaning::Outside(path));
                        }
                        _ => {}
                    }
                }
            }
        }
        found
    }
}
