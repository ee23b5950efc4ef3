//! The routes and types of a server, as its manifest has them.

mod example;
mod field;
mod json;
mod protobuf;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use bytes::Bytes;
use nano_build::manifest::{Handler, Kind, Manifest, Push, Serializer, Type};
use serde_json::Value;

use crate::failure::{Failure, Outcome, closest, listed};
use field::DEPTH;
pub(crate) use field::{Field, Step};
use protobuf::Messages;

/// The routes and types of a server.
#[derive(Debug)]
pub(crate) struct Schema {
    manifest: Manifest,
    /// Of a server with Protobuf.
    messages: Option<Messages>,
}

impl Schema {
    /// Reads a manifest's file.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(path).map_err(|error| {
            let help =
                "a build script writes it when the server is built: nano_build::Config::new().manifest(\"manifest.json\")";
            Failure::file(path, error).help(help)
        })?;
        let manifest =
            Manifest::from_json(&text).map_err(|problem| {
                let help = "nano-build and cargo-nano of one version write and read the same: build the server again";
                Failure::file(path, problem).help(help)
            })?;
        Self::new(manifest).map_err(|problem| Failure::file(path, problem))
    }

    fn new(manifest: Manifest) -> Result<Self, String> {
        let messages = match manifest.serializer {
            Serializer::Json => None,
            Serializer::Protobuf => Some(Messages::read(manifest.descriptors.as_deref())?),
        };
        Ok(Self { manifest, messages })
    }

    /// Returns `true` if messages are in Protobuf, and not in JSON.
    pub(crate) fn is_protobuf(&self) -> bool {
        self.messages.is_some()
    }

    /// Returns all handlers, by route.
    pub(crate) fn handlers(&self) -> impl Iterator<Item = &Handler> {
        self.manifest.components.iter().flat_map(|component| &component.handlers)
    }

    /// Returns all events that the server pushes.
    pub(crate) fn pushes(&self) -> &[Push] {
        &self.manifest.pushes
    }

    /// Returns the handler of a route, if there is one.
    pub(crate) fn find(&self, route: &str) -> Option<&Handler> {
        self.handlers().find(|handler| handler.route == route)
    }

    /// Returns the handler of a route.
    pub(crate) fn handler(&self, route: &str) -> Outcome<&Handler> {
        self.find(route).ok_or_else(|| {
            let failure = Failure::usage(format!("the manifest has no handler `{route}`"));
            let alike = closest(route, self.handlers().map(|handler| handler.route.as_str()));
            failure.help(match alike {
                Some(name) => format!("did you mean `{name}`?"),
                None => self.all_routes(),
            })
        })
    }

    fn all_routes(&self) -> String {
        let routes: Vec<_> = self.handlers().map(|handler| handler.route.as_str()).collect();
        format!("it has {}", listed(routes.into_iter()))
    }

    /// Writes a payload that was typed as JSON in the form that the server reads.
    pub(crate) fn encode(&self, handler: &Handler, text: Option<&str>) -> Outcome<Bytes> {
        let Some(payload) = &handler.payload else {
            return match text {
                None => Ok(Bytes::from_static(if self.is_protobuf() { b"" } else { b"null" })),
                Some(_) => Err(Failure::usage(format!("`{}` takes no message", handler.route))
                    .help(format!("leave it out: {}", self.signature(handler)))),
            };
        };
        let takes = || format!("{} takes {}", handler.route, self.text(payload));
        let encoded = match (payload, &self.messages) {
            (Type::Bytes, _) => Ok(Bytes::copy_from_slice(text.unwrap_or_default().as_bytes())),
            (Type::Message(name), Some(messages)) => messages.encode(name, text.unwrap_or("{}")),
            _ => {
                let text = text.ok_or_else(|| {
                    Failure::usage(format!("the message of `{}` is missing", handler.route))
                        .help(takes())
                })?;
                crate::json::check(text, "the message")
                    .map(|()| Bytes::copy_from_slice(text.as_bytes()))
            }
        };
        encoded.map_err(|failure| failure.or_help(takes()))
    }

    /// Shows a reply as JSON, and bytes as they are.
    pub(crate) fn decode_reply(&self, handler: &Handler, body: Bytes) -> Result<Bytes, String> {
        self.decode(handler.reply.as_ref(), body)
    }

    /// Shows a push as JSON, and bytes as they are.
    pub(crate) fn decode_push(&self, route: &str, body: Bytes) -> Result<Bytes, String> {
        match self.pushes().iter().find(|push| push.route == route) {
            Some(push) => self.decode(push.message.as_ref(), body),
            None if self.is_protobuf() => Err("the manifest has no such push".to_owned()),
            None => Ok(body),
        }
    }

    fn decode(&self, ty: Option<&Type>, body: Bytes) -> Result<Bytes, String> {
        match (ty, &self.messages) {
            (Some(Type::Message(name)), Some(messages)) => messages.decode(name, &body),
            (None, Some(_)) if body.is_empty() => Ok(Bytes::from_static(b"null")),
            _ => Ok(body),
        }
    }

    /// Shows a handler: its route, and the types of payload and reply.
    pub(crate) fn signature(&self, handler: &Handler) -> String {
        let payload =
            handler.payload.as_ref().map(|ty| format!(" {}", self.text(ty))).unwrap_or_default();
        let reply = match (handler.kind, &handler.reply) {
            (Kind::Notify, _) => " (no reply)".to_owned(),
            (Kind::Request, None) => String::new(),
            (Kind::Request, Some(ty)) => format!(" -> {}", self.text(ty)),
        };
        format!("{}{payload}{reply}", handler.route)
    }

    /// Shows an event: its route, and the type of its message.
    pub(crate) fn push_signature(&self, push: &Push) -> String {
        let message =
            push.message.as_ref().map(|ty| format!(" {}", self.text(ty))).unwrap_or_default();
        format!("{}{message}", push.route)
    }

    /// Shows the type of a handler's payload.
    pub(crate) fn payload(&self, handler: &Handler) -> Option<String> {
        handler.payload.as_ref().map(|ty| self.text(ty))
    }

    fn text(&self, ty: &Type) -> String {
        match (ty, &self.messages) {
            (Type::Message(name), Some(messages)) => messages.text(name, DEPTH),
            _ => json::Types(&self.manifest.types).text(ty, DEPTH),
        }
    }

    /// Makes an example of a handler's payload, with the places that the scripts of loads have.
    pub(crate) fn example(&self, handler: &Handler) -> Option<Value> {
        handler.payload.as_ref().map(|payload| match (payload, &self.messages) {
            (Type::Message(name), Some(messages)) => messages.example(name),
            _ => json::Types(&self.manifest.types).example(payload),
        })
    }

    /// Returns the fields of the object at the end of a path inside of a handler's payload, if there are any.
    pub(crate) fn fields(&self, handler: &Handler, path: &[Step]) -> Vec<Field> {
        match (&handler.payload, &self.messages) {
            (Some(Type::Message(name)), Some(messages)) => messages.fields(name, path),
            (Some(payload), _) => json::Types(&self.manifest.types).fields(payload, path),
            (None, _) => Vec::new(),
        }
    }
}
