//! The result of a scan.

use std::path::PathBuf;

use syn::{Item, Type};

use super::error::Location;
use crate::component::{Handler, Hook};
use crate::push::Event;

/// The components and pushes of some crates.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The crates, one for each root and in their order.
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
    /// The start of its routes, up to the last dot: `room`, or `connector.entryHandler`.
    pub name: String,
    /// The type, as the impl block names it.
    pub ty: Type,
    /// The module of the impl block, as `crate::room`.
    pub module: String,
    /// The place of the impl block's attribute.
    pub at: Location,
    /// The documentation of the impl block.
    pub docs: String,
    /// Whether the impl block is a part of a component, whose main one is elsewhere.
    pub is_part: bool,
    /// The methods that clients call. Those whose condition does not hold, and internal ones, are left out.
    pub handlers: Vec<ScannedHandler>,
    /// The methods that events and timers call. Those whose condition does not hold are left out.
    pub hooks: Vec<Hook>,
}

/// A method that clients call.
#[derive(Clone, Debug)]
pub struct ScannedHandler {
    /// The method as the macros see it.
    pub handler: Handler,
    /// The place of its name.
    pub at: Location,
    /// The type of its payload.
    pub payload: Option<TypeUse>,
    /// The type of its reply.
    pub reply: Option<TypeUse>,
}

/// A trait with `#[push]`.
#[derive(Clone, Debug)]
pub struct ScannedPush {
    /// The trait.
    pub name: String,
    /// The module of the trait, as `crate::room`.
    pub module: String,
    /// The place of the trait's attribute.
    pub at: Location,
    /// The documentation of the trait.
    pub docs: String,
    /// The events that are pushed to clients. Those whose condition does not hold are left out.
    pub events: Vec<ScannedEvent>,
}

/// An event that is pushed to clients.
#[derive(Clone, Debug)]
pub struct ScannedEvent {
    /// The method as the macros see it.
    pub event: Event,
    /// The place of its name.
    pub at: Location,
    /// The type of its message.
    pub message: Option<TypeUse>,
}

/// A type where a signature, a field or an alias names it.
#[derive(Clone, Debug)]
pub struct TypeUse {
    /// The type as it is written.
    pub ty: Type,
    /// Its meaning.
    pub tree: TypeTree,
}

/// The meaning of a type where it stands.
///
/// References, parentheses and `Self` are looked through; lifetimes and constants are left out.
/// Aliases stay: they are types of the crate like any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeTree {
    /// A type that has a path.
    Path {
        /// The whole path: where the type is defined, or as far as its imports can be followed. It
        /// starts with `crate` if it leads into this crate, and never with `::`.
        ///
        /// A name that only a `*` can have brought, or the prelude, stays as it is written.
        path: String,
        /// The type, by its position in [`ScannedCrate::types`]; `None` for types of crates that are not scanned,
        /// and for those that a macro or an `include!` makes.
        local: Option<usize>,
        /// The types that its parameters are given, in their order.
        arguments: Vec<TypeTree>,
    },
    /// A type parameter of the item around.
    Parameter(String),
    /// A tuple; the empty one is `()`.
    Tuple(Vec<TypeTree>),
    /// An array, of whatever length.
    Array(Box<TypeTree>),
    /// A slice.
    Slice(Box<TypeTree>),
    /// Anything else, as it is written: pointers, functions, trait objects, macros, and what belongs
    /// to a trait, as `T::Item`. What it names is not looked up.
    Other(String),
}

/// A struct, enum, union or type alias that messages are made of.
#[derive(Clone, Debug)]
pub struct ScannedType {
    /// Its path, as `crate::room::Player`.
    pub path: String,
    /// Its module, as `crate::room`.
    pub module: String,
    /// Its origin, if `include_protos!` or `include_proto!` brought it in.
    pub proto: Option<ProtoItem>,
    /// The item. Conditions are evaluated: fields and variants that do not exist are left out.
    pub item: Item,
    /// The place of its name.
    pub at: Location,
    /// Its documentation.
    pub docs: String,
    /// Its attributes that are not the language's own, in their order.
    pub attributes: Vec<TypeAttribute>,
    /// The whole paths of the attribute macros on the modules around it.
    pub macros_around: Vec<String>,
    /// The whole paths of its derives, as `serde::Serialize`, as far as their imports can be followed.
    pub derives: Vec<String>,
    /// The types of its fields, one for each and in the order of the [`item`](Self::item): those of
    /// an enum variant by variant. For an alias, the one type that it stands for.
    pub uses: Vec<TypeUse>,
    /// The other types that its definition needs: the defaults of its parameters, then those that
    /// `from`, `try_from` and `into` name in its `#[serde(..)]`.
    pub mentions: Vec<TypeUse>,
}

/// An attribute of a type, of a derive or a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeAttribute {
    /// Its whole path, as `serde_with::serde_as`, as far as its imports can be followed.
    pub path: String,
    /// Its position among the attributes of the [`item`](ScannedType::item).
    pub at: usize,
    /// False if it can only be a mark for a derive, as nothing imports a macro of this name.
    pub may_be_macro: bool,
}

/// The origin of a type that was generated from a `.proto` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtoItem {
    /// The package, as `game.v1`; `None` if `include_protos!` brought it in.
    pub package: Option<String>,
    /// The path inside the file, as `outer::Inner`.
    pub path: String,
}

/// An entry of the route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its name on the wire.
    pub name: String,
    /// Its kind.
    pub kind: RouteKind,
    /// The place of its name in the sources.
    pub at: Location,
}

/// The kind of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKind {
    /// Clients call it.
    Handler,
    /// The server pushes it.
    Push,
}
