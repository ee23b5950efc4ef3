//! The derives that write and read a type for serde.

use nano_syntax::scan::ScannedType;
use syn::Item;

use super::Direction;
use super::known::{Known, known};
use crate::manifest::Type;

/// The form of a type by its derives.
pub(super) enum Derived {
    /// That of serde's own derive.
    Serde,
    /// This type, whatever the fields are.
    Is(Type),
    /// A derive with the name of serde's, by its path.
    Other(String),
    Nothing,
}

/// Finds the derive that serves one direction.
pub(super) fn of(scanned: &ScannedType, direction: Direction) -> Derived {
    let mut other = None;
    for path in &scanned.derives {
        let (modules, name) = path.rsplit_once("::").unwrap_or(("", path));
        match (direction, name) {
            (Direction::In, "Deserialize") | (Direction::Out, "Serialize") => {
                if is_serde(modules) {
                    return Derived::Serde;
                }
                other = Some(path.clone());
            }
            (Direction::In, "Deserialize_repr") | (Direction::Out, "Serialize_repr") => {
                return repr(&scanned.item).map_or(Derived::Nothing, Derived::Is);
            }
            (Direction::In, "DeserializeFromStr")
            | (Direction::Out, "SerializeDisplay" | "SerializeDisplayAlt") => {
                return Derived::Is(Type::String);
            }
            _ => {}
        }
    }
    other.map_or(Derived::Nothing, Derived::Other)
}

/// Returns `true` if a derive is serde's, perhaps through a crate that hands it on.
fn is_serde(modules: &str) -> bool {
    modules.is_empty() || modules.split("::").any(|name| matches!(name, "serde" | "serde_derive"))
}

/// The integer that `serde_repr` writes an enum as.
fn repr(item: &Item) -> Option<Type> {
    let Item::Enum(item) = item else { return None };
    let mut found = None;
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        // The compiler reports what is none.
        let _ = attribute.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            if let Some(Known::Is(ty @ (Type::Int | Type::BigInt))) = known(&name) {
                found = Some(ty);
            }
            Ok(())
        });
    }
    found
}
