//! The types of a JSON application's messages, as serde writes and reads them.
//!
//! The scanner finds the Rust types, serde's own `serde_derive_internals` reads their attributes,
//! and this module derives the form in JSON. A type is read once for each direction: clients may
//! leave out fields with a default when they send it, and may miss fields that serde skips when
//! they receive it. A type that goes both ways is described once, by the two views merged.

mod attributes;
mod derives;
mod describer;
mod item;
mod known;
mod limits;
mod mapping;
mod merge;
mod names;
mod parts;
mod problems;
mod reader;
mod view;
mod walk;

use std::collections::HashMap;
use std::path::Path;

use nano_syntax::scan::{ScannedCrate, TypeUse};

use crate::manifest::{Type, TypeDef};

use describer::{Asked, Describer};
pub(crate) use mapping::TypeMappings;

#[cfg(test)]
mod tests;

/// The direction of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    /// From a client to the server, which reads it.
    In,
    /// From the server, which writes it.
    Out,
}

/// A payload, a reply or a push: a message as a signature names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root<'a> {
    /// The crate whose [`types`](ScannedCrate::types) the use refers to, by its position.
    pub(crate) krate: usize,
    /// The direction of the message.
    pub(crate) direction: Direction,
    /// The type.
    pub(crate) ty: &'a TypeUse,
    /// The file that the signature is in.
    pub(crate) file: &'a Path,
}

/// The part of a build script's options that concerns types.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) mappings: TypeMappings,
    /// Attribute macros that change nothing in the JSON of a type.
    pub(crate) harmless: mapping::ByPath<()>,
}

/// The description of messages.
#[derive(Debug)]
pub(crate) struct Described {
    /// The type of each root, in their order.
    pub(crate) roots: Vec<Type>,
    /// All types that have a name, sorted by it.
    pub(crate) types: Vec<TypeDef>,
}

/// Describes messages and all types in them.
///
/// # Errors
///
/// Fails with all types that cannot be described: a text that starts with `file:line:column:` for
/// each, sorted by that place.
pub(crate) fn describe(
    crates: &[ScannedCrate],
    roots: &[Root<'_>],
    options: &Options,
) -> Result<Described, Vec<String>> {
    let mut describer = Describer::new(crates, options);
    let roots = roots.iter().map(|root| describer.root(root)).collect();
    let mut views = HashMap::new();
    while let Some(Asked { number, direction, krate, scanned }) = describer.next() {
        let view = view::view(&mut describer, scanned, krate, direction);
        views.insert((number, direction), view);
    }
    describer.finish(roots, views)
}
