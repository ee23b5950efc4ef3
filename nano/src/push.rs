//! Pushes: messages that the server sends on its own.

use bytes::{Bytes, BytesMut};

use crate::app::Core;
use crate::codec::{MessageHead, MessageKind, Route};
use crate::net::dialect::{BodyForm, Dialect, with_scratch, write_message};
use crate::serializer::{Decode, Encoder, Serializer, SerializerError};
use crate::{Error, ErrorKind, Result};

/// Something that pushes can be sent to: a [`Session`](crate::Session), a [`Group`](crate::Group),
/// a part of a group.
///
/// A [`#[push]`](macro@crate::push) trait sends to it: `RoomPush::to(&group).message(&message)`.
pub trait PushTarget {
    /// Sends `message` to `route`. Called by the methods of `#[push]` traits.
    ///
    /// # Errors
    ///
    /// See [`Session::push`](crate::Session::push) and [`Group::broadcast`](crate::Group::broadcast).
    fn push_with<T>(&self, route: &str, message: &T, encoder: Encoder<T>) -> Result<()>;
}

/// Something that hears pushes: the Rust client ([`client::Client`](crate::client::Client)), and its
/// builder for those that may come right after the handshake.
///
/// A [`#[push]`](macro@crate::push) trait listens to it: `RoomPush::on(&client).message(|message| ..)`.
pub trait PushSource {
    /// What messages are read with.
    type Serializer: Serializer;

    /// Calls `handler` with every push to `route` from now on.
    fn on<T: 'static>(&self, route: &str, handler: impl FnMut(T) + Send + 'static)
    where
        Self::Serializer: Decode<T>;

    /// Calls `handler` with the undecoded body of every push to `route` from now on.
    fn on_bytes(&self, route: &str, handler: impl FnMut(Bytes) + Send + 'static);
}

/// The events of a [`#[push]`](macro@crate::push) trait, for [`App::push`](crate::App::push).
#[derive(Clone, Copy, Debug)]
pub struct PushSet {
    name: &'static str,
    events: &'static [PushEvent],
}

/// One event of a [`PushSet`].
#[derive(Clone, Copy, Debug)]
pub struct PushEvent {
    /// The route, as clients name it: `onMessage`.
    pub route: &'static str,
    /// The method's name.
    pub method: &'static str,
    /// The method's doc comment.
    pub docs: &'static str,
}

impl PushSet {
    /// The events of the trait `name`.
    pub const fn new(name: &'static str, events: &'static [PushEvent]) -> Self {
        Self { name, events }
    }

    /// The name of the trait.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The events, in the order of the trait.
    pub const fn events(&self) -> &'static [PushEvent] {
        self.events
    }
}

/// A push that is encoded once for each form that its receivers need: four at most.
pub(crate) struct Broadcast<'a> {
    core: &'a Core,
    route: &'a str,
    body: Bytes,
    // By the properties of a dialect that show in a push: compressed route, escaped text, and, if it
    // is long enough, compressed body.
    forms: [Option<Bytes>; 8],
}

impl<'a> Broadcast<'a> {
    pub(crate) fn new(
        core: &'a Core,
        route: &'a str,
        write: impl FnOnce(&mut BytesMut) -> Result<(), SerializerError>,
    ) -> Result<Self> {
        let mut body = BytesMut::new();
        write(&mut body).map_err(|source| {
            Error::with_source(ErrorKind::Encode, "value does not encode", source)
        })?;
        Ok(Self { core, route, body: body.freeze(), forms: Default::default() })
    }

    /// The packet for one receiver.
    pub(crate) fn packet(&mut self, dialect: Dialect) -> Result<&Bytes> {
        let BodyForm { escape, deflate_from } = self.core.body_form(dialect);
        let deflate = deflate_from.is_some_and(|from| self.body.len() >= from);
        let bits = [dialect.compressed_pushes, escape, deflate];
        let form = &mut self.forms[bits.into_iter().fold(0, |sum, bit| sum * 2 + usize::from(bit))];
        Ok(match form {
            Some(packet) => packet,
            None => form.insert(with_scratch(|out| {
                write_push(self.core, out, self.route, dialect, |out| {
                    out.extend_from_slice(&self.body);
                    Ok(())
                })?;
                // Just as long as it is: all receivers hold on to it.
                Ok::<_, Error>(Bytes::copy_from_slice(out))
            })?),
        })
    }
}

/// Appends a push in the form that `dialect` needs.
pub(crate) fn write_push(
    core: &Core,
    out: &mut BytesMut,
    route: &str,
    dialect: Dialect,
    write: impl FnOnce(&mut BytesMut) -> Result<(), SerializerError>,
) -> Result<()> {
    let code = if dialect.compressed_pushes { core.routes.dictionary().code(route) } else { None };
    let head = MessageHead {
        kind: MessageKind::Push,
        id: 0,
        route: code.map_or(Route::Name(route), Route::Code),
        compressed: false,
        error: false,
    };
    write_message(out, core.config.packet_limit, head, core.body_form(dialect), write)
}

#[cfg(test)]
mod tests;
