//! What a scan finds.

use std::path::PathBuf;

use syn::{Item, Type};

use super::error::Location;
use crate::component::{Handler, Hook};
use crate::push::Event;

/// The components and pushes of some crates.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What was found, one for each root and in their order.
    pub crates: Vec<ScannedCrate>,
    /// The files that were read: a change to any of them is a reason to scan again.
    pub files: Vec<PathBuf>,
}

/// The components and pushes of one crate.
#[derive(Clone, Debug)]
pub struct ScannedCrate {
    /// The file that the crate starts with.
    pub root: PathBuf,
    /// The components, in the order of the modules.
    pub components: Vec<ScannedComponent>,
    /// The push traits, in the order of the modules.
    pub pushes: Vec<ScannedPush>,
    /// The types of this crate that its messages are made of, in the order in which they are
    /// first needed.
    pub types: Vec<ScannedType>,
}

/// An impl block with `#[component]`.
#[derive(Clone, Debug)]
pub struct ScannedComponent {
    /// The first half of its routes.
    pub name: String,
    /// The type, as the impl block names it.
    pub ty: Type,
    /// The module of the impl block, as `crate::room`.
    pub module: String,
    /// Where the impl block's attribute is.
    pub at: Location,
    /// The documentation of the impl block.
    pub docs: String,
    /// What clients call. Those whose condition does not hold are left out.
    pub handlers: Vec<ScannedHandler>,
    /// What events and timers call. Those whose condition does not hold are left out.
    pub hooks: Vec<Hook>,
}

/// A method that clients call.
#[derive(Clone, Debug)]
pub struct ScannedHandler {
    /// The method as the macros see it.
    pub handler: Handler,
    /// Where its name is.
    pub at: Location,
    /// What it takes.
    pub payload: Option<TypeUse>,
    /// What it answers with.
    pub reply: Option<TypeUse>,
}

/// A trait with `#[push]`.
#[derive(Clone, Debug)]
pub struct ScannedPush {
    /// The trait.
    pub name: String,
    /// The module of the trait, as `crate::room`.
    pub module: String,
    /// Where the trait's attribute is.
    pub at: Location,
    /// The documentation of the trait.
    pub docs: String,
    /// What clients are told. Those whose condition does not hold are left out.
    pub events: Vec<ScannedEvent>,
}

/// Something that clients are told.
#[derive(Clone, Debug)]
pub struct ScannedEvent {
    /// The method as the macros see it.
    pub event: Event,
    /// Where its name is.
    pub at: Location,
    /// What they are told.
    pub message: Option<TypeUse>,
}

/// A type as a signature, a field or an alias names it.
#[derive(Clone, Debug)]
pub struct TypeUse {
    /// The type as it is written.
    pub ty: Type,
    /// The paths in it, the outermost first: of `Vec<Player>`, `Vec` and `Player`.
    pub paths: Vec<TypePath>,
}

/// A path in a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypePath {
    /// The whole path: where the type is defined, or as far as its imports can be followed. It
    /// starts with `crate` if it leads into this crate.
    ///
    /// A name that only a `*` can have brought, or the prelude, stays as it is written.
    pub path: String,
    /// The type, by its position in [`ScannedCrate::types`]; `None` for types of other crates, and
    /// for those that a macro or an `include!` makes.
    pub local: Option<usize>,
}

/// A struct, enum, union or type alias that messages are made of.
#[derive(Clone, Debug)]
pub struct ScannedType {
    /// Its path, as `crate::room::Player`.
    pub path: String,
    /// The item. Conditions are evaluated: fields and variants that do not exist are left out.
    pub item: Item,
    /// Where its name is.
    pub at: Location,
    /// Its documentation.
    pub docs: String,
    /// The types of its fields, or what it is an alias of.
    pub uses: Vec<TypeUse>,
}

/// An entry of the route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What stands on the wire.
    pub name: String,
    /// What it is.
    pub kind: RouteKind,
    /// Where it is named.
    pub at: Location,
}

/// What a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKind {
    /// Clients call it.
    Handler,
    /// Clients are told it.
    Push,
}
