//! Limits of serde that show only when it runs: keys that are no texts, fields where there are
//! none.

use std::collections::HashSet;

use nano_syntax::scan::Location;

use super::problems::Problems;
use super::walk;
use crate::manifest::{Content, Shape, Tagging, Type, TypeDef};

/// A condition on a type, to be checked when all types are known.
#[derive(Debug)]
pub(super) struct Limit {
    at: Location,
    ty: Type,
    rule: Rule,
}

#[derive(Debug)]
enum Rule {
    /// It is the key of a map.
    Key,
    /// Its fields stand among those of another type; with the path of the field or variant.
    Fields(String),
    /// Serde reads it into a buffer first, in which keys are texts; with the path.
    Buffered(String),
}

impl Limit {
    pub(super) fn key(at: &Location, ty: &Type) -> Self {
        Self { at: at.clone(), ty: ty.clone(), rule: Rule::Key }
    }

    pub(super) fn fields(at: &Location, ty: &Type, path: &str) -> Self {
        Self { at: at.clone(), ty: ty.clone(), rule: Rule::Fields(path.to_owned()) }
    }

    pub(super) fn buffered(at: &Location, ty: &Type, path: &str) -> Self {
        Self { at: at.clone(), ty: ty.clone(), rule: Rule::Buffered(path.to_owned()) }
    }
}

/// Checks all limits; the names of types are their positions among the definitions.
pub(super) fn check(limits: &[Limit], definitions: &[TypeDef], problems: &mut Problems) {
    for limit in limits {
        let mut checker = Checker { definitions, seen: HashSet::new() };
        match &limit.rule {
            Rule::Key if !checker.is_key(&limit.ty) => problems.add(
                &limit.at,
                "such a key has no JSON: keys are texts, numbers, booleans, or enums whose variants hold nothing",
            ),
            Rule::Fields(path) => {
                if let Err(why) = checker.has_fields(&limit.ty) {
                    problems.add(
                        &limit.at,
                        format!("`{path}` cannot stand among other fields: {why}"),
                    );
                }
            }
            Rule::Buffered(path) if checker.has_other_keys(&limit.ty) => problems.add(
                &limit.at,
                format!(
                    "`{path}` holds a map whose keys are no texts, which serde cannot read in an untagged or internally tagged enum, nor flattened: use String for the keys, or another tagging"
                ),
            ),
            Rule::Key | Rule::Buffered(_) => {}
        }
    }
}

struct Checker<'a> {
    definitions: &'a [TypeDef],
    /// Types may contain themselves.
    seen: HashSet<usize>,
}

impl<'a> Checker<'a> {
    /// The definition of a name, unless it has been looked at.
    fn enter(&mut self, name: &str) -> Option<&'a TypeDef> {
        let at: usize = name.parse().ok()?;
        if self.seen.insert(at) { self.definitions.get(at) } else { None }
    }

    fn is_key(&mut self, ty: &Type) -> bool {
        match ty {
            Type::Null
            | Type::Option(_)
            | Type::Array(_)
            | Type::Tuple(_)
            | Type::Map(..)
            | Type::Bytes
            | Type::Message(_) => false,
            Type::Named { name, .. } => match self.enter(name).map(|found| &found.shape) {
                None => true,
                Some(Shape::Alias(ty)) => self.is_key(ty),
                Some(Shape::Object(_)) => false,
                Some(Shape::Enum { tagging, variants }) => {
                    variants.iter().all(|variant| match (tagging, &variant.content) {
                        (Tagging::External, Content::Unit) => true,
                        (Tagging::Untagged, Content::Value(ty)) => self.is_key(ty),
                        _ => false,
                    })
                }
            },
            _ => true,
        }
    }

    /// Returns `true` if a map in the type has keys that are numbers or booleans in Rust.
    fn has_other_keys(&mut self, ty: &Type) -> bool {
        let mut queue = vec![Shape::Alias(ty.clone())];
        while let Some(mut shape) = queue.pop() {
            let mut found = false;
            walk::shape(&mut shape, &mut |ty| match ty {
                Type::Map(key, _) => found |= self.is_other(key),
                Type::Named { name, .. } => {
                    queue.extend(self.enter(name).map(|found| found.shape.clone()));
                }
                _ => {}
            });
            if found {
                return true;
            }
        }
        false
    }

    fn is_other(&self, key: &Type) -> bool {
        let mut key = key;
        // No alias is longer than the list of types.
        for _ in 0..=self.definitions.len() {
            match key {
                Type::Named { name, .. } => {
                    let found = name.parse().ok().and_then(|at: usize| self.definitions.get(at));
                    let Some(TypeDef { shape: Shape::Alias(inner), .. }) = found else {
                        return false;
                    };
                    key = inner;
                }
                other => {
                    return matches!(other, Type::Int | Type::BigInt | Type::Float | Type::Bool);
                }
            }
        }
        false
    }

    fn has_fields(&mut self, ty: &Type) -> Result<(), String> {
        match ty {
            Type::Map(..) | Type::Parameter(_) | Type::Foreign(_) | Type::Any => Ok(()),
            Type::Option(inner) => self.has_fields(inner),
            Type::Named { name, .. } => {
                let Some(found) = self.enter(name) else { return Ok(()) };
                match &found.shape {
                    Shape::Alias(ty) => self.has_fields(ty),
                    Shape::Object(_) => Ok(()),
                    Shape::Enum { tagging, variants } => variants.iter().try_for_each(|variant| {
                        match (tagging, &variant.content) {
                            (Tagging::External, Content::Unit) => Err(format!(
                                "`{}` of `{}` holds nothing, so that it has no field; give the enum a `tag`",
                                variant.name, found.path
                            )),
                            (Tagging::Untagged, Content::Value(ty)) => self.has_fields(ty),
                            (Tagging::Untagged, Content::Unit) => Err(format!(
                                "`{}` of `{}` is `null`; give the enum a `tag`",
                                variant.name, found.path
                            )),
                            _ => Ok(()),
                        }
                    }),
                }
            }
            _ => Err("it has none; only structs, maps and enums have".to_owned()),
        }
    }
}
