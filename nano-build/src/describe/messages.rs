//! What messages are, to clients.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use nano_syntax::scan::{Location, Scan, TypeTree, TypeUse};
use prost::Message as _;
use quote::ToTokens as _;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::manifest::{Serializer, Type, TypeDef};
use crate::protos::Protos;
use crate::types::{self, Direction, Root};

/// How many aliases may lead from one to the next: a circle is the compiler's to report.
const ALIASES: usize = 32;

/// A payload, a reply or the message of a push, where it stands.
struct Use<'a> {
    krate: usize,
    ty: &'a TypeUse,
    direction: Direction,
    /// The handler or push.
    at: &'a Location,
    /// What it is called in problems, as "the payload of `room.join`".
    what: String,
}

/// The types of all messages.
#[derive(Debug)]
pub(crate) struct Messages {
    serializer: Serializer,
    /// By the place of the use in memory, which stays where it is.
    types: HashMap<*const TypeUse, Type>,
    definitions: Vec<TypeDef>,
}

impl Messages {
    pub(crate) fn of(found: &Scan, protos: &Protos, config: &Config) -> Result<Self> {
        let uses = uses(found);
        let is_protobuf = || uses.iter().any(|of| message(found, of, protos).is_some());
        let serializer = config
            .serializer
            .unwrap_or_else(|| if is_protobuf() { Serializer::Protobuf } else { Serializer::Json });
        let (described, definitions) = match serializer {
            Serializer::Json => json(found, &uses, config)?,
            Serializer::Protobuf => (protobuf(found, &uses, protos)?, Vec::new()),
        };
        let places = uses.iter().map(|of| std::ptr::from_ref(of.ty));
        Ok(Self { serializer, types: places.zip(described).collect(), definitions })
    }

    pub(crate) fn get(&self, of: Option<&TypeUse>) -> Option<Type> {
        self.types.get(&std::ptr::from_ref(of?)).cloned()
    }

    pub(crate) fn serializer(&self) -> Serializer {
        self.serializer
    }

    pub(crate) fn descriptors(&self, protos: &Protos) -> Option<String> {
        (self.serializer == Serializer::Protobuf)
            .then(|| BASE64_STANDARD.encode(protos.descriptors.encode_to_vec()))
    }

    pub(crate) fn into_types(self) -> Vec<TypeDef> {
        self.definitions
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

/// The types of a JSON application.
fn json(found: &Scan, uses: &[Use<'_>], config: &Config) -> Result<(Vec<Type>, Vec<TypeDef>)> {
    let roots: Vec<Root<'_>> = uses
        .iter()
        .map(|of| Root { krate: of.krate, direction: of.direction, ty: of.ty, file: &of.at.file })
        .collect();
    let described = types::describe(&found.crates, &roots, &config.mappings).map_err(Error::all)?;
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
                of.ty.ty.to_token_stream()
            )),
        }
    }
    Error::check(problems)?;
    Ok(types)
}

/// Whether a type is nano's `Bytes`, which no serializer touches.
fn is_bytes(tree: &TypeTree) -> bool {
    let TypeTree::Path { path, local: None, .. } = tree else { return false };
    matches!(&**path, "nano::Bytes" | "bytes::Bytes" | "Bytes")
}

/// The full name of a use's message, if it is one from the .proto files.
fn message(found: &Scan, of: &Use<'_>, protos: &Protos) -> Option<String> {
    let types = &found.crates.get(of.krate)?.types;
    let mut tree = &of.ty.tree;
    for _ in 0..ALIASES {
        let ty = match tree {
            TypeTree::Path { local: Some(at), .. } => types.get(*at)?,
            TypeTree::Path { path, local: None, .. } => return protos.well_known(path),
            _ => return None,
        };
        match (&ty.proto, &ty.item) {
            (Some(item), _) => {
                return protos.full_name(&item.package, &item.path).map(str::to_owned);
            }
            (None, syn::Item::Type(_)) => tree = &ty.uses.first()?.tree,
            _ => return None,
        }
    }
    None
}
