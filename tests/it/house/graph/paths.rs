//! The way from a path to the places that define what it names.

use std::collections::BTreeSet;

use super::modules::Tree;
use super::names::{Import, Is, Names, Place};

/// The scope in which a path is written: a module, and blocks in it that have names of their own.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) tree: &'a Tree,
    pub(super) module: usize,
    pub(super) blocks: &'a [Names],
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Module(usize),
    Type(Place),
    Other(Place),
}

/// The imports that are being followed: one that leads back to itself leads nowhere.
type Followed<'a> = Vec<&'a Import>;

impl<'a> Scope<'a> {
    fn of(tree: &'a Tree, module: usize) -> Self {
        Self { tree, module, blocks: &[] }
    }

    /// The places that define what a path names. Modules and other crates have none.
    pub(super) fn places(self, path: &[String]) -> BTreeSet<Place> {
        let place = |target| match target {
            Target::Module(_) => None,
            Target::Type(place) | Target::Other(place) => Some(place),
        };
        self.resolve(path, &mut Vec::new()).into_iter().filter_map(place).collect()
    }

    /// The places that define anything that `path::*` brings in.
    pub(super) fn glob(self, path: &[String]) -> BTreeSet<Place> {
        let mut places = BTreeSet::new();
        for target in self.resolve(path, &mut Vec::new()) {
            match target {
                Target::Type(place) => drop(places.insert(place)),
                Target::Module(module) => self.all_of(module, &mut Vec::new(), &mut places),
                Target::Other(_) => {}
            }
        }
        places
    }

    /// The macro that a bare name calls here.
    pub(super) fn bare_macro(self, name: &str) -> Option<Place> {
        let modules = &self.tree.modules;
        let mut chain = std::iter::successors(Some(self.module), |module| modules[*module].parent);
        chain.find_map(|module| modules[module].macros.get(name).cloned())
    }

    fn resolve(self, path: &[String], followed: &mut Followed<'a>) -> BTreeSet<Target> {
        let Some((first, rest)) = path.split_first() else { return BTreeSet::new() };
        let found = match first.as_str() {
            "Self" => BTreeSet::new(),
            "crate" => [Target::Module(0)].into(),
            "self" => [Target::Module(self.module)].into(),
            "super" => [Target::Module(self.parent(self.module))].into(),
            name => {
                let mut blocks = self.blocks.iter().rev();
                let block = blocks.find(|names| names.by_name.contains_key(name));
                match block {
                    Some(names) => self.named(names, name, followed),
                    None => self.in_module(self.module, name, followed),
                }
            }
        };
        rest.iter().fold(found, |found, name| {
            found.into_iter().flat_map(|target| self.member(target, name, followed)).collect()
        })
    }

    fn parent(self, module: usize) -> usize {
        self.tree.modules[module].parent.unwrap_or(0)
    }

    /// Returns the things that `target::name` stands for.
    fn member(self, target: Target, name: &str, followed: &mut Followed<'a>) -> BTreeSet<Target> {
        match target {
            Target::Module(module) if name == "super" => {
                [Target::Module(self.parent(module))].into()
            }
            Target::Module(module) => {
                let found = self.in_module(module, name, followed);
                if found.is_empty() && !self.is_foreign(module, name) {
                    // A macro has made it: it is the module's.
                    return [Target::Other(self.own_file(module))].into();
                }
                found
            }
            // A variant, or something associated.
            Target::Type(place) => [Target::Type(place)].into(),
            Target::Other(_) => BTreeSet::new(),
        }
    }

    fn in_module(self, module: usize, name: &str, followed: &mut Followed<'a>) -> BTreeSet<Target> {
        Scope::of(self.tree, module).named(&self.tree.modules[module].names, name, followed)
    }

    fn named(self, names: &'a Names, name: &str, followed: &mut Followed<'a>) -> BTreeSet<Target> {
        let mut found = BTreeSet::new();
        for name in names.by_name.get(name).into_iter().flatten() {
            match &name.is {
                Is::Module(module) => drop(found.insert(Target::Module(*module))),
                Is::Type(place) => drop(found.insert(Target::Type(place.clone()))),
                Is::Other(place) => drop(found.insert(Target::Other(place.clone()))),
                Is::Import(import) => found.extend(self.follow(import, followed)),
            }
        }
        if !names.by_name.contains_key(name) {
            for glob in &names.globs {
                for target in self.follow(glob, followed) {
                    if let Target::Module(module) = target {
                        followed.push(glob);
                        found.extend(self.in_module(module, name, followed));
                        followed.pop();
                    }
                }
            }
        }
        found
    }

    fn follow(self, import: &'a Import, followed: &mut Followed<'a>) -> BTreeSet<Target> {
        if followed.iter().any(|other| std::ptr::eq(*other, import)) {
            return BTreeSet::new();
        }
        followed.push(import);
        let found = self.resolve(&import.path, followed);
        followed.pop();
        found
    }

    /// A name that is another crate's thing, brought into a module.
    fn is_foreign(self, module: usize, name: &str) -> bool {
        self.tree.modules[module].names.by_name.contains_key(name)
    }

    fn own_file(self, module: usize) -> Place {
        Place { file: self.tree.modules[module].file.clone(), module }
    }

    fn all_of(self, module: usize, seen: &mut Vec<usize>, places: &mut BTreeSet<Place>) {
        if seen.contains(&module) {
            return;
        }
        seen.push(module);
        let sees_private = self.tree.is_within(self.module, module);
        let names = &self.tree.modules[module].names;
        let scope = Scope::of(self.tree, module);
        if names.by_name.is_empty() && names.globs.is_empty() {
            places.insert(self.own_file(module));
        }
        let all = names.by_name.values().flatten();
        for name in all.filter(|name| name.public || sees_private) {
            match &name.is {
                Is::Module(_) => {}
                Is::Type(place) | Is::Other(place) => drop(places.insert(place.clone())),
                Is::Import(import) => places.extend(scope.places(&import.path)),
            }
        }
        for glob in names.globs.iter().filter(|glob| glob.public || sees_private) {
            for target in scope.resolve(&glob.path, &mut Vec::new()) {
                match target {
                    Target::Module(module) => self.all_of(module, seen, places),
                    Target::Type(place) => drop(places.insert(place)),
                    Target::Other(_) => {}
                }
            }
        }
    }
}
