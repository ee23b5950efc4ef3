//! The manifest: the routes and types of a server, as data.

mod types;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

pub use types::{Content, Field, Fields, Shape, Tagging, Type, TypeDef, Variant};

/// The version of the manifest's own format.
pub const FORMAT: u32 = 1;

/// The routes of a server, with their codes, types and documentation.
///
/// It is all that an emitter needs to write a client. In a file it is JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`]
    pub format: u32,
    /// The package of the server.
    pub package: String,
    /// The serializer of payloads.
    pub serializer: Serializer,
    /// The version of the dictionary: it differs when the codes do.
    pub dict_version: String,
    /// The components, by name.
    pub components: Vec<Component>,
    /// The events that the server pushes, by route.
    pub pushes: Vec<Push>,
    /// The types of a JSON application, by name. Empty for protobuf.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<TypeDef>,
    /// The messages of a protobuf application: a `google.protobuf.FileDescriptorSet` with its source
    /// information, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptors: Option<String>,
}

/// The serializer of payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Serializer {
    /// JSON, by serde.
    Json,
    /// Protobuf, by prost.
    Protobuf,
}

/// A component: handlers whose routes start with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Component {
    /// The start of its routes, up to the last dot: `room`, or `connector.entryHandler`.
    pub name: String,
    /// Documentation in Markdown; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The handlers, by route.
    pub handlers: Vec<Handler>,
}

/// A handler: a route that clients call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Handler {
    /// The end of the route, after its last dot.
    pub name: String,
    /// The name on the wire: `component.handler`.
    pub route: String,
    /// The code that may stand for the route on the wire, from 1.
    pub code: u16,
    /// Its kind, which tells whether it is answered.
    pub kind: Kind,
    /// The type of the payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Type>,
    /// The type of the reply. A request without one has an empty reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Type>,
    /// Documentation in Markdown; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
}

/// The kind of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It has exactly one reply.
    Request,
    /// It has none.
    Notify,
}

/// An event that the server pushes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Push {
    /// The method of the push trait, as `new_user`.
    pub name: String,
    /// The name on the wire.
    pub route: String,
    /// The code that may stand for the route on the wire, from 1.
    pub code: u16,
    /// The type of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Type>,
    /// Documentation in Markdown; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
}

impl Manifest {
    /// Reads a manifest's file.
    ///
    /// # Errors
    ///
    /// Fails if the text is no manifest, or one of another format.
    pub fn from_json(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        // Editors may have left a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let fault = |error| Error::new(format!("this is no manifest of nano-build: {error}"));
        let head: Head = serde_json::from_str(text).map_err(fault)?;
        if head.format != FORMAT {
            return Err(Error::new(format!(
                "the manifest has format {}, only format {FORMAT} can be read",
                head.format
            )));
        }
        serde_json::from_str(text).map_err(fault)
    }

    /// All handlers, by component and route.
    pub(crate) fn handlers(&self) -> impl Iterator<Item = &Handler> {
        self.components.iter().flat_map(|component| &component.handlers)
    }

    /// All routes with their codes, in the order of their names. A name that a handler and a push
    /// have in common is there twice.
    pub(crate) fn routes(&self) -> Vec<(&str, u16)> {
        let handlers = self.handlers().map(|handler| (&*handler.route, handler.code));
        let pushes = self.pushes.iter().map(|push| (&*push.route, push.code));
        let mut routes: Vec<_> = handlers.chain(pushes).collect();
        routes.sort_unstable();
        routes
    }

    /// The dictionary: the code of each name.
    pub(crate) fn dictionary(&self) -> BTreeMap<&str, u16> {
        self.routes().into_iter().collect()
    }

    /// Reads the messages of a protobuf application.
    pub(crate) fn descriptor_set(&self) -> Result<FileDescriptorSet, String> {
        let Some(text) = &self.descriptors else {
            return Err("the manifest of a protobuf application has no descriptors".into());
        };
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|error| format!("the manifest's descriptors are not base64: {error}"))?;
        FileDescriptorSet::decode(bytes.as_slice())
            .map_err(|error| format!("the manifest's descriptors cannot be read: {error}"))
    }

    /// Writes a manifest's file.
    pub fn to_json(&self) -> String {
        // It cannot fail: the keys of all maps are texts.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }
}
