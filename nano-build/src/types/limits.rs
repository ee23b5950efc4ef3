//! What serde refuses only when it runs: keys that are no texts, fields where there are none.

use std::collections::HashSet;

use nano_syntax::scan::Location;

use super::problems::Problems;
use crate::manifest::{Content, Shape, Tagging, Type, TypeDef};

/// Something that a type must be, to be looked at when all types are known.
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
}

impl Limit {
    pub(super) fn key(at: &Location, ty: &Type) -> Self {
        Self { at: at.clone(), ty: ty.clone(), rule: Rule::Key }
    }

    pub(super) fn fields(at: &Location, ty: &Type, path: &str) -> Self {
        Self { at: at.clone(), ty: ty.clone(), rule: Rule::Fields(path.to_owned()) }
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
            Rule::Key => {}
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
