//! The outgoing message, which is written once for each form that its receivers need.

mod own_body;

use std::any::Any;
use std::num::NonZeroU64;

use bytes::{Bytes, BytesMut};

use super::class::Class;
#[cfg(feature = "cluster")]
use super::copies;
use super::dialect::{BodyForm, Dialect, Family};
use super::frame::write_message;
use super::scratch::with_scratch;
use super::serializer::{Serializer, SerializerError};
use super::stages::{OutboundKind, OutboundMessage, Passage};
use super::{UnflaggedErrors, Wire};
use crate::codec::{MessageHead, MessageKind, Route, text};
use crate::error::Told;
use crate::{Error, ErrorKind};
#[cfg(feature = "cluster")]
pub(crate) use own_body::unflagged_error;
use own_body::{write_error, write_nothing};

/// Writes a body in the format of a serializer.
pub(crate) type WriteBody<'a> =
    dyn Fn(&dyn Serializer, &mut BytesMut) -> Result<(), SerializerError> + 'a;

/// A message to one client or to many: a push, a reply, or an error.
///
/// For one client it is written straight to where it is sent from. For many, its body is encoded once,
/// and each framed form once.
pub(crate) struct Outgoing<'a> {
    head: Head<'a>,
    body: Body<'a>,
    staging: Staging<'a>,
}

/// The stages that a message passes when it is framed.
#[derive(Clone, Copy)]
enum Staging<'a> {
    /// The shared stages, which a broadcast has passed already.
    Shared,
    /// Those, and the stages of this receiver: a session, which this floor does not know.
    Session(&'a dyn Any),
    /// None: an error that stands in for a message that a stage failed on.
    Skipped,
}

/// The properties of a dialect that matter to a push: compressed route, escaped text and, if the body is long
/// enough, compressed body.
type Form = [bool; 3];

/// The error of a form that cannot be written, for each receiver that needs it.
#[derive(Clone, Debug)]
struct Unwritable(ErrorKind, String);

/// The kind of a message, and the parts that only this kind has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Head<'a> {
    Push {
        route: &'a str,
        class: Class,
    },
    /// `route` is that of the request, which clients are not sent.
    Reply {
        id: NonZeroU64,
        route: &'a str,
        content: Content,
    },
    Error {
        id: NonZeroU64,
        route: &'a str,
        told: Told<'a>,
    },
}

/// The content of a reply, as its type tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Value,
    /// The handler has no value: `()`, or a struct without fields.
    Nothing,
}

impl<'a> Head<'a> {
    fn kind(self) -> OutboundKind {
        match self {
            Self::Push { .. } => OutboundKind::Push,
            Self::Reply { .. } => OutboundKind::Reply,
            Self::Error { .. } => OutboundKind::Error,
        }
    }

    fn route(self) -> &'a str {
        match self {
            Self::Push { route, .. } | Self::Reply { route, .. } | Self::Error { route, .. } => {
                route
            }
        }
    }
}

impl Content {
    /// Returns what replies of type `T` hold.
    pub(crate) const fn of<T>() -> Self {
        if size_of::<T>() == 0 { Self::Nothing } else { Self::Value }
    }
}

enum Body<'a> {
    /// A body that each use writes anew.
    Written(&'a WriteBody<'a>),
    /// A body that is encoded once, for many clients.
    Encoded(Box<Encoded>),
    /// The same, for one of these clients.
    Copied(&'a [u8]),
    /// The body of an error, which follows from the head.
    OfHead,
}

struct Encoded {
    body: Bytes,
    /// The body before the shared stages, if it has passed any: they are passed at the node of the client.
    #[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "there are no other nodes"))]
    plain: Option<Bytes>,
    forms: Vec<(Form, Result<Bytes, Unwritable>)>,
}

/// The outcome of framing a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framed {
    Written,
    /// Nothing was written, because the client could not tell the error from a success.
    Withheld,
}

impl<'a> Outgoing<'a> {
    /// Creates a push to one client.
    pub(crate) fn push(route: &'a str, body: &'a WriteBody<'a>) -> Self {
        Self::new(Head::Push { route, class: Class::Reliable }, Body::Written(body))
    }

    /// Creates a push to many clients.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`] when the body does not encode.
    pub(crate) fn broadcast(
        wire: &Wire,
        route: &'a str,
        body: &WriteBody<'_>,
    ) -> Result<Self, Error> {
        let mut encoded = BytesMut::new();
        body(&*wire.serializer, &mut encoded).map_err(does_not_encode)?;
        let head = Head::Push { route, class: Class::Reliable };
        let mut plain = None;
        if !wire.stages.is_empty() {
            plain = cfg!(feature = "cluster").then(|| Bytes::copy_from_slice(&encoded));
            let _passage = Passage::begin()?;
            let mut message = staged(wire, head, &encoded);
            wire.stages.run_shared(&mut message, &wire.log)?;
            encoded.clear();
            encoded.extend_from_slice(&message.into_body());
        }
        let encoded = Encoded { body: encoded.freeze(), plain, forms: Vec::new() };
        Ok(Self::new(head, Body::Encoded(Box::new(encoded))))
    }

    /// Gives a push its class: it is [`Class::Reliable`] without.
    pub(crate) fn with_class(mut self, given: Class) -> Self {
        if let Head::Push { class, .. } = &mut self.head {
            *class = given;
        }
        self
    }

    /// Creates the reply to a request.
    pub(crate) fn reply(
        id: NonZeroU64,
        route: &'a str,
        content: Content,
        body: &'a WriteBody<'a>,
    ) -> Self {
        Self::new(Head::Reply { id, route, content }, Body::Written(body))
    }

    /// Creates the error that answers a request.
    pub(crate) fn error(id: NonZeroU64, route: &'a str, told: Told<'a>) -> Self {
        Self::new(Head::Error { id, route, told }, Body::OfHead)
    }

    /// Lets the message go out as it is written, past all stages.
    pub(crate) fn unstaged(self) -> Self {
        Self { staging: Staging::Skipped, ..self }
    }

    /// Returns the message for one receiver, whose stages it passes.
    pub(crate) fn staged_for<'b>(&'b self, receiver: &'b dyn Any) -> Outgoing<'b> {
        let body = match &self.body {
            Body::Written(write) => Body::Written(*write),
            Body::Encoded(encoded) => Body::Copied(&encoded.body),
            Body::Copied(body) => Body::Copied(body),
            Body::OfHead => Body::OfHead,
        };
        let staging = match self.staging {
            Staging::Skipped => Staging::Skipped,
            Staging::Shared | Staging::Session(_) => Staging::Session(receiver),
        };
        Outgoing { head: self.head, body, staging }
    }

    fn new(head: Head<'a>, body: Body<'a>) -> Self {
        Self { head, body, staging: Staging::Shared }
    }

    /// Returns the kind, with the parts that only this kind has, for a link that sends it unframed.
    #[cfg(any(feature = "cluster", all(test, feature = "testing")))]
    pub(crate) fn head(&self) -> Head<'a> {
        self.head
    }

    /// Returns the class. A session that is being closed takes what it owes, and no pushes.
    pub(crate) fn class(&self) -> Class {
        match self.head {
            Head::Push { class, .. } => class,
            Head::Reply { .. } | Head::Error { .. } => Class::Owed,
        }
    }

    /// Returns the body in the serializer's format, before all stages, for a link that sends it unframed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`] when it does not encode.
    #[cfg(any(feature = "cluster", all(test, feature = "testing")))]
    pub(crate) fn body(&self, wire: &Wire) -> Result<Bytes, Error> {
        match &self.body {
            Body::Encoded(encoded) => Ok(encoded.plain.as_ref().unwrap_or(&encoded.body).clone()),
            Body::Copied(body) => Ok(copies::copy(body)),
            Body::Written(write) => with_scratch(|body| {
                write(&*wire.serializer, body).map_err(does_not_encode)?;
                Ok(copies::copy(body))
            }),
            Body::OfHead => Ok(Bytes::new()),
        }
    }

    /// Appends the whole packet to `out`, in the form that `dialect` needs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`] when the body does not encode, [`ErrorKind::TooLarge`] when it exceeds the
    /// packet limit; `out` keeps nothing of it.
    pub(crate) fn frame(
        &self,
        wire: &Wire,
        dialect: Dialect,
        out: &mut BytesMut,
    ) -> Result<Framed, Error> {
        let (kind, id, route, error) = match self.head {
            Head::Push { route, .. } => {
                let code = dialect.compressed_pushes.then(|| wire.dictionary.code(route)).flatten();
                (MessageKind::Push, 0, code.map_or(Route::Name(route), Route::Code), false)
            }
            Head::Reply { id, .. } => (MessageKind::Response, id.get(), Route::None, false),
            Head::Error { id, .. } => {
                let withhold = wire.unflagged_errors == UnflaggedErrors::Withhold;
                if !dialect.error_flag && !wire.json && withhold {
                    return Ok(Framed::Withheld);
                }
                (MessageKind::Response, id.get(), Route::None, dialect.error_flag)
            }
        };
        let head = MessageHead { kind, id, route, compressed: false, error };
        let form = wire.body_form(dialect);
        write_message(out, wire.packet_limit, head, form, |out| {
            let start = out.len();
            self.write_body(wire, dialect, out).map_err(does_not_encode)?;
            if wire.stages.is_empty() { Ok(()) } else { self.stage(wire, start, out) }
        })?;
        Ok(Framed::Written)
    }

    #[inline]
    fn write_body(
        &self,
        wire: &Wire,
        dialect: Dialect,
        out: &mut BytesMut,
    ) -> Result<(), SerializerError> {
        match (&self.body, &self.head) {
            (Body::Encoded(encoded), _) => {
                out.extend_from_slice(&encoded.body);
                Ok(())
            }
            (Body::Copied(body), _) => {
                out.extend_from_slice(body);
                Ok(())
            }
            (Body::Written(write), Head::Reply { content: Content::Nothing, .. })
                if wire.json && dialect.family == Family::Nano =>
            {
                write_nothing(|out| write(&*wire.serializer, out), out)
            }
            (Body::Written(write), _) => write(&*wire.serializer, out),
            (Body::OfHead, Head::Error { told, .. }) => write_error(wire, dialect, *told, out),
            (Body::OfHead, _) => Ok(()),
        }
    }

    /// Takes the body, which begins at `start`, through the stages that it has not passed yet.
    #[cold]
    fn stage(&self, wire: &Wire, start: usize, out: &mut BytesMut) -> Result<(), Error> {
        let has_passed_shared = matches!(self.body, Body::Encoded(_) | Body::Copied(_));
        let (_passage, receiver) = match self.staging {
            Staging::Skipped => return Ok(()),
            Staging::Shared if has_passed_shared => return Ok(()),
            Staging::Shared => (Some(Passage::begin()?), None),
            // Its session has begun the passage.
            Staging::Session(receiver) => (None, Some(receiver)),
        };
        let written = out.get(start..).unwrap_or_default();
        let mut message = if has_passed_shared {
            OutboundMessage::new(self.head.kind(), self.head.route(), written.to_vec())
        } else {
            let mut message = staged(wire, self.head, written);
            wire.stages.run_shared(&mut message, &wire.log)?;
            message
        };
        if let Some(receiver) = receiver {
            wire.stages.run_session(receiver, &mut message, &wire.log)?;
        }
        out.truncate(start);
        out.extend_from_slice(&message.into_body());
        Ok(())
    }

    /// Returns the whole packet in the form that `dialect` needs, if the message is sent to many clients.
    ///
    /// # Errors
    ///
    /// Those of [`Outgoing::frame`].
    #[inline]
    pub(crate) fn shared(
        &mut self,
        wire: &Wire,
        dialect: Dialect,
    ) -> Option<Result<&Bytes, Error>> {
        match self.body {
            Body::Encoded(_) => self.form(wire, dialect),
            _ => None,
        }
    }

    fn form(&mut self, wire: &Wire, dialect: Dialect) -> Option<Result<&Bytes, Error>> {
        let Body::Encoded(encoded) = &self.body else { return None };
        let BodyForm { escape, deflate_from } = wire.body_form(dialect);
        let deflate = deflate_from.is_some_and(|from| encoded.body.len() >= from);
        let form = [dialect.compressed_pushes, escape, deflate];
        let known = encoded.forms.iter().position(|(other, _)| *other == form);
        if known.is_none() {
            self.add_form(form, wire, dialect);
        }
        let Body::Encoded(encoded) = &self.body else { return None };
        let (_, framed) = known.map_or(encoded.forms.last(), |index| encoded.forms.get(index))?;
        let unwritable = |Unwritable(kind, text): &Unwritable| Error::new(*kind, text.clone());
        Some(framed.as_ref().map_err(unwritable))
    }

    #[cold]
    fn add_form(&mut self, form: Form, wire: &Wire, dialect: Dialect) {
        let framed = with_scratch(|out| {
            self.frame(wire, dialect, out)?;
            // Allocated in its exact length, because all receivers keep it.
            Ok(Bytes::copy_from_slice(out))
        });
        let unwritable = |error: Error| Unwritable(error.kind(), error.report().to_string());
        if let Body::Encoded(encoded) = &mut self.body {
            encoded.forms.push((form, framed.map_err(unwritable)));
        }
    }
}

/// Returns a message for the first stage, with text that every client can read.
fn staged<'a>(wire: &Wire, head: Head<'a>, written: &[u8]) -> OutboundMessage<'a> {
    let escaped = if wire.json { text::escape_non_bmp(written) } else { None };
    let body = escaped.map_or_else(|| written.to_vec(), Into::into);
    OutboundMessage::new(head.kind(), head.route(), body)
}

fn does_not_encode(source: SerializerError) -> Error {
    Error::with_source(ErrorKind::Encode, "value does not encode", source)
}

#[cfg(test)]
mod tests;
