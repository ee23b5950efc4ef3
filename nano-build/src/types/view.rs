//! A type of the application in one direction.

use nano_syntax::scan::ScannedType;
use serde_derive_internals::Derive;
use syn::Item;

use super::Direction;
use super::attributes;
use super::derives::{self, Derived};
use super::describer::{Describer, Site};
use super::item::{container, derive_input};
use super::mapping::hint;
use super::parts::View;
use super::problems::place;
use super::reader::Reader;
use crate::manifest::Type;

/// Reads a type in one direction, and asks for the types that it is made of.
pub(super) fn view(
    describer: &mut Describer<'_>,
    scanned: &ScannedType,
    krate: usize,
    direction: Direction,
) -> View {
    if let (Item::Type(_), [inner]) = (&scanned.item, scanned.uses.as_slice()) {
        let at = place(&scanned.at.file, &inner.ty);
        return View::Alias(describer.convert(&inner.tree, Site { krate, direction, at: &at }));
    }
    let path = &scanned.path;
    let item = attributes::applied(describer, scanned);
    let Some(input) = derive_input(&item) else {
        describer
            .problems
            .add(&scanned.at, format!("`{path}` is no struct, enum or alias: {}", hint(path)));
        return View::Alias(Type::Any);
    };
    let (derive, name, verb) = match direction {
        Direction::In => (Derive::Deserialize, "Deserialize", "read from"),
        Direction::Out => (Derive::Serialize, "Serialize", "written to"),
    };
    match derives::of(scanned, direction) {
        Derived::Serde => {}
        Derived::Is(ty) => return View::Alias(ty),
        Derived::Other(found) => {
            describer.problems.add(
                &scanned.at,
                format!(
                    "`{path}` is {verb} clients, and `{found}`, which it derives, is not serde's `{name}`: derive that, or {}",
                    hint(path)
                ),
            );
            return View::Alias(Type::Any);
        }
        Derived::Nothing => {
            describer.problems.add(
                &scanned.at,
                format!(
                    "`{path}` is {verb} clients and does not derive `{name}`: derive it, or {}",
                    hint(path)
                ),
            );
            return View::Alias(Type::Any);
        }
    }
    let (container, errors) = container(&input, derive);
    for error in &errors {
        describer.problems.add(&place(&scanned.at.file, &error.span()), error.to_string());
    }
    match container {
        Some(container) if errors.is_empty() => {
            Reader { describer, scanned, krate, direction }.container(&container)
        }
        _ => View::Alias(Type::Any),
    }
}
