//! The conversion of the types of a scan to those of a manifest.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;

use nano_syntax::scan::{Location, ScannedCrate, ScannedType, TypeTree};
use syn::Item;

use super::known::{Defined, Known, known};
use super::limits::{self, Limit};
use super::mapping::{ByPath, TypeMappings, hint};
use super::merge::merge;
use super::parts::{Shapes, View};
use super::problems::{Problems, place};
use super::{Described, Direction, Options, Root, names, walk};
use crate::manifest::{Type, TypeDef};

/// The types that are known so far.
///
/// Until all types are found, none has a name: [`Type::Named`] holds the number of its type.
pub(super) struct Describer<'a> {
    crates: &'a [ScannedCrate],
    pub(super) mappings: &'a TypeMappings,
    pub(super) harmless: &'a ByPath<()>,
    pub(super) problems: Problems,
    /// The types by their numbers.
    found: Vec<Id>,
    numbers: HashMap<Id, usize>,
    /// The crate and position of the type that was found first at a place: file, line and column.
    places: HashMap<(&'a Path, usize, usize), (usize, usize)>,
    /// The types that have been asked for; those in `queue` have not been read yet.
    asked: HashSet<(usize, Direction)>,
    queue: VecDeque<(usize, Direction)>,
    /// Conditions that can be checked only when all types are known.
    pub(super) limits: Vec<Limit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Id {
    /// The crate and the position among its types.
    Local(usize, usize),
    Defined(Defined),
}

/// The place and direction of a use of a type.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) krate: usize,
    pub(super) direction: Direction,
    pub(super) at: &'a Location,
}

/// A type that was asked for.
pub(super) struct Asked<'a> {
    /// Its number among the types that were found.
    pub(super) number: usize,
    pub(super) direction: Direction,
    pub(super) krate: usize,
    pub(super) scanned: &'a ScannedType,
}

impl<'a> Describer<'a> {
    pub(super) fn new(crates: &'a [ScannedCrate], options: &'a Options) -> Self {
        Self {
            crates,
            mappings: &options.mappings,
            harmless: &options.harmless,
            problems: Problems::default(),
            found: Vec::new(),
            numbers: HashMap::new(),
            places: HashMap::new(),
            asked: HashSet::new(),
            queue: VecDeque::new(),
            limits: Vec::new(),
        }
    }

    /// The next type to read, of those that were asked for.
    pub(super) fn next(&mut self) -> Option<Asked<'a>> {
        while let Some((number, direction)) = self.queue.pop_front() {
            if let Some(Id::Local(krate, at)) = self.found.get(number).copied()
                && let Some(scanned) = self.scanned(krate, at)
            {
                return Some(Asked { number, direction, krate, scanned });
            }
        }
        None
    }

    /// Gives all types their names. `types` are those of the roots, and `views` the types that were
    /// asked for, by number and direction.
    pub(super) fn finish(
        mut self,
        mut types: Vec<Type>,
        views: HashMap<(usize, Direction), View>,
    ) -> Result<Described, Vec<String>> {
        let mut definitions = self.definitions(views);
        limits::check(&self.limits, &definitions, &mut self.problems);
        self.problems.finish()?;

        let paths: Vec<String> = definitions.iter().map(|found| found.path.clone()).collect();
        let names = names::assign(&paths);
        let mut rename = |ty: &mut Type| {
            if let Type::Named { name, .. } = ty
                && let Some(known) = name.parse().ok().and_then(|at: usize| names.get(at))
            {
                name.clone_from(known);
            }
        };
        for ty in &mut types {
            walk::ty(ty, &mut rename);
        }
        for (definition, name) in definitions.iter_mut().zip(&names) {
            definition.name.clone_from(name);
            walk::shape(&mut definition.shape, &mut rename);
        }
        definitions.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Described { roots: types, types: definitions })
    }

    /// The type of a message; asks for the types in it.
    pub(super) fn root(&mut self, root: &Root<'_>) -> Type {
        let at = place(root.file, &root.ty.ty);
        let site = Site { krate: root.krate, direction: root.direction, at: &at };
        let tree = self.aliased(root.krate, &root.ty.tree);
        if let TypeTree::Path { path, local: None, .. } = tree
            && self.mappings.get(path).is_none()
            && known(path) == Some(Known::Bytes)
            && path.ends_with("Bytes")
        {
            return Type::Bytes;
        }
        let mut ty = self.convert(&root.ty.tree, site);
        let mut open = None;
        walk::ty(&mut ty, &mut |ty| {
            if let Type::Parameter(name) = ty {
                open = Some(name.clone());
            }
        });
        if let Some(name) = open {
            self.problems.add(
                &at,
                format!(
                    "`{name}` leaves open what clients send and receive: name one type, in an impl block without parameters"
                ),
            );
        }
        ty
    }

    pub(super) fn scanned(&self, krate: usize, at: usize) -> Option<&'a ScannedType> {
        self.crates.get(krate)?.types.get(at)
    }

    /// The type that an alias stands for; other types as they are.
    fn aliased<'b>(&self, krate: usize, tree: &'b TypeTree) -> &'b TypeTree
    where
        'a: 'b,
    {
        let mut tree = tree;
        let mut seen = HashSet::new();
        while let TypeTree::Path { local: Some(at), path, .. } = tree
            && self.mappings.get(path).is_none()
            && seen.insert(*at)
            && let Some(scanned) = self.scanned(krate, *at)
            && let (Item::Type(_), [inner]) = (&scanned.item, scanned.uses.as_slice())
        {
            tree = &inner.tree;
        }
        tree
    }

    /// Returns `true` if serde takes a missing field for a value of this type.
    pub(super) fn may_be_missing(&self, krate: usize, tree: &TypeTree) -> bool {
        let mut tree = tree;
        let mut seen = HashSet::new();
        loop {
            let TypeTree::Path { path, local, arguments } = self.aliased(krate, tree) else {
                return false;
            };
            if self.mappings.get(path).is_some() {
                return false;
            }
            let inner = match local {
                None => match known(path) {
                    Some(Known::Option) => return true,
                    Some(Known::Inner) => arguments.first(),
                    _ => None,
                },
                Some(at) if seen.insert(*at) => {
                    self.scanned(krate, *at).and_then(super::item::read_as)
                }
                Some(_) => None,
            };
            let Some(inner) = inner else { return false };
            tree = inner;
        }
    }

    /// Turns a type into that of the manifest, and asks for the types in it.
    pub(super) fn convert(&mut self, tree: &TypeTree, site: Site<'_>) -> Type {
        match tree {
            TypeTree::Path { path, local, arguments } => {
                if let Some(typescript) = self.mappings.get(path) {
                    return Type::Foreign(typescript.to_owned());
                }
                match local.and_then(|at| Some((at, self.scanned(site.krate, at)?))) {
                    Some((at, scanned)) => self.local(at, scanned, arguments, site),
                    None => self.foreign(path, arguments, site),
                }
            }
            TypeTree::Parameter(name) => Type::Parameter(name.clone()),
            TypeTree::Tuple(inner) if inner.is_empty() => Type::Null,
            TypeTree::Tuple(inner) => {
                Type::Tuple(inner.iter().map(|tree| self.convert(tree, site)).collect())
            }
            TypeTree::Array(inner) | TypeTree::Slice(inner) => {
                Type::Array(Box::new(self.convert(inner, site)))
            }
            TypeTree::Other(written) => {
                let written = written.replace(" :: ", "::");
                self.problems.add(
                    site.at,
                    format!("`{written}` cannot be described: name a type by its path"),
                );
                Type::Any
            }
        }
    }

    fn local(
        &mut self,
        at: usize,
        scanned: &'a ScannedType,
        arguments: &[TypeTree],
        site: Site<'_>,
    ) -> Type {
        let mut arguments: Vec<Type> =
            arguments.iter().map(|tree| self.convert(tree, site)).collect();
        for param in super::item::parameters(&scanned.item).skip(arguments.len()) {
            // Without a default, the compiler reports an error.
            let Some((_, default)) = &param.default else { break };
            let mention = scanned.mentions.iter().find(|mention| mention.ty == *default);
            let Some(mention) = mention else { break };
            let mut ty = self.convert(&mention.tree, site);
            // A default may name the parameters before it.
            walk::ty(&mut ty, &mut |inner| {
                if let Type::Parameter(name) = inner
                    && let Some(at) = super::item::parameters(&scanned.item)
                        .position(|param| nano_syntax::unraw(&param.ident) == *name)
                    && let Some(argument) = arguments.get(at)
                {
                    *inner = argument.clone();
                }
            });
            arguments.push(ty);
        }
        let id = self.definition_of(site.krate, at, scanned);
        self.ask(id, arguments, site.direction)
    }

    /// The type to describe in place of this one: two crates that use a type of a third have both
    /// found it.
    fn definition_of(&mut self, krate: usize, at: usize, scanned: &'a ScannedType) -> Id {
        let Location { file, line, column } = &scanned.at;
        let first = *self.places.entry((file, *line, *column)).or_insert((krate, at));
        // In one crate, a file may be two modules, whose names mean different things.
        if first.0 == krate { Id::Local(krate, at) } else { Id::Local(first.0, first.1) }
    }

    fn foreign(&mut self, path: &str, arguments: &[TypeTree], site: Site<'_>) -> Type {
        let Some(known) = known(path).filter(|known| known.arguments() <= arguments.len()) else {
            let message = if path.starts_with("prost_types::") {
                format!(
                    "`{path}` has no JSON, as prost-types has no serde: use a type of your own that derives it"
                )
            } else {
                format!("`{path}` is not known here, as {}: {}", why(path), hint(path))
            };
            self.problems.add(site.at, message);
            return Type::Any;
        };
        let taken = arguments.get(..known.arguments()).unwrap_or_default();
        let mut taken: Vec<Type> = taken.iter().map(|tree| self.convert(tree, site)).collect();
        let mut last = || Box::new(taken.pop().unwrap_or(Type::Any));
        match known {
            Known::Is(ty) => ty,
            Known::Inner => *last(),
            Known::Option => match *last() {
                // `null` means the same as `null` inside of it.
                option @ Type::Option(_) => option,
                inner => Type::Option(Box::new(inner)),
            },
            Known::Array => Type::Array(last()),
            Known::Map => {
                let value = last();
                let key = last();
                self.limits.push(Limit::key(site.at, &key));
                Type::Map(key, value)
            }
            Known::Bytes => Type::Array(Box::new(Type::Int)),
            Known::Defined(defined) => self.ask(Id::Defined(defined), taken, site.direction),
        }
    }

    fn ask(&mut self, id: Id, arguments: Vec<Type>, direction: Direction) -> Type {
        let next = self.found.len();
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.found.push(id);
        }
        if self.asked.insert((number, direction)) {
            self.queue.push_back((number, direction));
        }
        Type::Named { name: number.to_string(), arguments }
    }

    /// The definitions by number, without their names; then those that only other definitions need.
    fn definitions(&mut self, mut views: HashMap<(usize, Direction), View>) -> Vec<TypeDef> {
        let mut definitions = Vec::with_capacity(self.found.len());
        let mut more = Vec::new();
        for (number, id) in self.found.clone().into_iter().enumerate() {
            let (krate, at) = match id {
                Id::Local(krate, at) => (krate, at),
                Id::Defined(defined) => {
                    definitions.push(defined.definition(String::new()));
                    continue;
                }
            };
            let Some(scanned) = self.scanned(krate, at) else { continue };
            let views = [Direction::In, Direction::Out].map(|way| views.remove(&(number, way)));
            let view = match views {
                [Some(read), Some(written)] => {
                    merge(read, written, &scanned.path, &scanned.at, &mut self.problems)
                }
                [read, written] => match read.or(written) {
                    Some(view) => view,
                    None => continue,
                },
            };
            let parameters: Vec<String> = super::item::parameters(&scanned.item)
                .map(|param| nano_syntax::unraw(&param.ident))
                .collect();
            let own = Type::Named {
                name: (self.found.len() + more.len()).to_string(),
                arguments: parameters.iter().cloned().map(Type::Parameter).collect(),
            };
            let Shapes { shape, tagged } = view.into_shapes(own);
            if let Some(shape) = tagged {
                more.push(TypeDef {
                    name: String::new(),
                    path: format!("{}Tagged", scanned.path),
                    parameters: parameters.clone(),
                    docs: "The variants that are tagged.".to_owned(),
                    shape,
                });
            }
            definitions.push(TypeDef {
                name: String::new(),
                path: scanned.path.clone(),
                parameters,
                docs: scanned.docs.clone(),
                shape,
            });
        }
        definitions.append(&mut more);
        definitions
    }
}

/// The reason for which a type is not known, with the remedy.
fn why(path: &str) -> &'static str {
    match path.split_once("::") {
        Some(("crate", _)) => "no file of the crate defines it (a macro may)",
        Some(_) => "its crate is not scanned (Config::root adds one)",
        None => "no import names it (what a `*` brings from other crates is not read)",
    }
}
