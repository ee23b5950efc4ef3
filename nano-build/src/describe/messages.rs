//! The types of messages, as clients see them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use nano_syntax::scan::{Location, Scan, ScannedType, TypeTree, TypeUse};
use prost::Message as _;
use quote::ToTokens as _;
use syn::Item;

use crate::error::{Error, Result};
use crate::manifest::{Serializer, Type, TypeDef};
use crate::protos::Protos;
use crate::types::{self, Direction, Root};

/// The longest chain of aliases. The compiler reports circles.
const ALIASES: usize = 32;

/// A payload, a reply or the message of a push, where it stands.
struct Use<'a> {
    krate: usize,
    ty: &'a TypeUse,
    direction: Direction,
    /// The handler or push.
    at: &'a Location,
    /// Its name in problems, as "the payload of `room.join`".
    what: String,
}

/// The types of an application's messages, and their serializer.
///
/// The default has none.
#[derive(Debug)]
pub(crate) struct Messages {
    pub(super) serializer: Serializer,
    /// The types by the address of the use, which does not move.
    types: HashMap<*const TypeUse, Type>,
    /// The named types of a JSON application.
    pub(super) definitions: Vec<TypeDef>,
    /// The messages of a protobuf application, as the manifest has them.
    pub(super) descriptors: Option<String>,
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            serializer: Serializer::Json,
            types: HashMap::new(),
            definitions: Vec::new(),
            descriptors: None,
        }
    }
}

impl Messages {
    /// Describes all messages. Without a serializer, it is protobuf if they are messages from the
    /// `.proto` files, else JSON.
    ///
    /// # Errors
    ///
    /// Fails with all types that have no meaning outside of Rust.
    pub(crate) fn of(
        found: &Scan,
        protos: &Protos,
        serializer: Option<Serializer>,
        options: &types::Options,
    ) -> Result<Self> {
        let uses = uses(found);
        let serializer = match serializer {
            Some(serializer) => serializer,
            None => choose(found, &uses, protos)?,
        };
        let (described, definitions, descriptors) = match serializer {
            Serializer::Json => {
                Error::check(uses.iter().filter_map(|of| unreadable(found, of)).collect())?;
                let (types, definitions) = json(found, &uses, options)?;
                (types, definitions, None)
            }
            Serializer::Protobuf => {
                let descriptors = BASE64_STANDARD.encode(protos.descriptors.encode_to_vec());
                (protobuf(found, &uses, protos)?, Vec::new(), Some(descriptors))
            }
        };
        let places = uses.iter().map(|of| std::ptr::from_ref(of.ty));
        let types = places.zip(described).collect();
        Ok(Self { serializer, types, definitions, descriptors })
    }

    pub(super) fn get(&self, of: Option<&TypeUse>) -> Option<Type> {
        self.types.get(&std::ptr::from_ref(of?)).cloned()
    }
}

fn uses(found: &Scan) -> Vec<Use<'_>> {
    let mut uses = Vec::new();
    for (krate, found) in found.crates.iter().enumerate() {
        let mut add = |ty, direction, at, what: &str, route: &str| {
            if let Some(ty) = ty {
                uses.push(Use {
                    krate,
                    ty,
                    direction,
                    at,
                    what: format!("the {what} of `{route}`"),
                });
            }
        };
        for handler in found.components.iter().flat_map(|component| &component.handlers) {
            let (at, route) = (&handler.at, &*handler.handler.route);
            add(handler.payload.as_ref(), Direction::In, at, "payload", route);
            add(handler.reply.as_ref(), Direction::Out, at, "reply", route);
        }
        for event in found.pushes.iter().flat_map(|push| &push.events) {
            add(event.message.as_ref(), Direction::Out, &event.at, "message", &event.event.route);
        }
    }
    uses
}

/// The serializer that the types of the messages ask for.
///
/// # Errors
///
/// Fails if some are messages from the `.proto` files and some are not: one problem, whatever their number.
fn choose(found: &Scan, uses: &[Use<'_>], protos: &Protos) -> Result<Serializer> {
    let typed = uses.iter().filter(|of| !is_bytes(&of.ty.tree));
    let (messages, others): (Vec<_>, Vec<_>) =
        typed.partition(|of| message(found, of, protos).is_some());
    let (Some(message), Some((other, rest))) = (messages.first(), others.split_first()) else {
        return Ok(if messages.is_empty() { Serializer::Json } else { Serializer::Protobuf });
    };
    let more = match rest.len() {
        0 => String::new(),
        more => format!(" (nor are {more} more)"),
    };
    Err(Error::new(format!(
        "{}: {} is `{}`, which is no message of the .proto files{more}, while {} is `{}`, which is one ({}): \
         an app has one serializer. In a JSON app, take and send `nano::Bytes` in place of the message, and \
         decode and encode it there with prost; or let messages have serde with Config::serde(), and say \
         Config::serializer(Serializer::Json). In a protobuf app, define the type in a .proto file",
        other.at,
        other.what,
        shown(other),
        message.what,
        shown(message),
        message.at,
    )))
}

/// The problem of a message that a JSON application can neither read nor write.
fn unreadable(found: &Scan, of: &Use<'_>) -> Option<String> {
    let Some(Meaning::Scanned(ty)) = meaning(found, of) else { return None };
    let has_serde = ty.derives.iter().any(|path| path.starts_with("serde::"));
    (ty.proto.is_some() && !has_serde).then(|| {
        format!(
            "{}: {} is `{}`, a protobuf message without serde, and the app is in JSON: take and send \
             `nano::Bytes` in its place, and decode and encode it there with prost; or let messages have \
             serde with Config::serde()",
            of.at,
            of.what,
            shown(of)
        )
    })
}

/// The type of a use, as it is written.
fn shown(of: &Use<'_>) -> String {
    of.ty.ty.to_token_stream().to_string().replace(" :: ", "::")
}

/// The types of a JSON application.
fn json(
    found: &Scan,
    uses: &[Use<'_>],
    options: &types::Options,
) -> Result<(Vec<Type>, Vec<TypeDef>)> {
    let roots: Vec<Root<'_>> = uses
        .iter()
        .map(|of| Root { krate: of.krate, direction: of.direction, ty: of.ty, file: &of.at.file })
        .collect();
    let described = types::describe(&found.crates, &roots, options).map_err(Error::all)?;
    Ok((described.roots, described.types))
}

/// The types of a protobuf application.
fn protobuf(found: &Scan, uses: &[Use<'_>], protos: &Protos) -> Result<Vec<Type>> {
    let mut problems = Vec::new();
    let mut types = Vec::with_capacity(uses.len());
    for of in uses {
        match message(found, of, protos) {
            Some(name) => types.push(Type::Message(name)),
            None if is_bytes(&of.ty.tree) => types.push(Type::Bytes),
            None => problems.push(format!(
                "{}: {} is `{}`, which is no message of the .proto files",
                of.at,
                of.what,
                shown(of)
            )),
        }
    }
    Error::check(problems)?;
    Ok(types)
}

/// Returns `true` if a type is nano's `Bytes`, which no serializer touches.
fn is_bytes(tree: &TypeTree) -> bool {
    let TypeTree::Path { path, local: None, .. } = tree else { return false };
    matches!(&**path, "nano::Bytes" | "bytes::Bytes" | "Bytes")
}

/// The type of a use, behind its aliases.
enum Meaning<'a> {
    Scanned(&'a ScannedType),
    /// A type of a crate that is not scanned, by its path.
    Foreign(&'a str),
}

fn meaning<'a>(found: &'a Scan, of: &Use<'a>) -> Option<Meaning<'a>> {
    let types = &found.crates.get(of.krate)?.types;
    let mut tree = &of.ty.tree;
    for _ in 0..ALIASES {
        let ty = match tree {
            TypeTree::Path { local: Some(at), .. } => types.get(*at)?,
            TypeTree::Path { path, local: None, .. } => return Some(Meaning::Foreign(path)),
            _ => return None,
        };
        match (&ty.proto, &ty.item) {
            (None, Item::Type(_)) => tree = &ty.uses.first()?.tree,
            _ => return Some(Meaning::Scanned(ty)),
        }
    }
    None
}

/// The full name of a use's message, if it is one from the .proto files.
fn message(found: &Scan, of: &Use<'_>, protos: &Protos) -> Option<String> {
    match meaning(found, of)? {
        Meaning::Foreign(path) => protos.well_known(path),
        Meaning::Scanned(ty) => protos.full_name(ty.proto.as_ref()?).map(str::to_owned),
    }
}
