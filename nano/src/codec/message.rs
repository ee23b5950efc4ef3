//! The message in a data packet: a request, a notify, a response or a push.

mod error;
mod id;
#[cfg(test)]
mod tests;

use bytes::{BufMut, Bytes, BytesMut};

pub use error::MessageError;

const ROUTE_IS_CODE: u8 = 0x01;
const KIND_MASK: u8 = 0x07;
pub(crate) const BODY_IS_ZLIB: u8 = 0x10;
const IS_ERROR: u8 = 0x20;

/// The kind of a message. It determines whether the message has an id and a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum MessageKind {
    /// Client to server, answered by exactly one response; has an id and a route.
    Request = 0,
    /// Client to server, not answered; has a route.
    Notify = 1,
    /// Server to client, the answer to the request with the same id; has an id.
    Response = 2,
    /// Server to client, unasked; has a route.
    Push = 3,
}

impl MessageKind {
    /// Returns whether messages of this kind carry an id.
    #[must_use]
    pub fn has_id(self) -> bool {
        matches!(self, Self::Request | Self::Response)
    }

    /// Returns whether messages of this kind carry a route.
    #[must_use]
    pub fn has_route(self) -> bool {
        !matches!(self, Self::Response)
    }
}

impl TryFrom<u8> for MessageKind {
    type Error = MessageError;

    /// Reads the type out of a flag, shifted down to bit 0.
    ///
    /// # Errors
    ///
    /// [`MessageError::UnknownKind`] for anything above 3.
    fn try_from(bits: u8) -> Result<Self, MessageError> {
        match bits {
            0 => Ok(Self::Request),
            1 => Ok(Self::Notify),
            2 => Ok(Self::Response),
            3 => Ok(Self::Push),
            _ => Err(MessageError::UnknownKind(bits)),
        }
    }
}

/// The destination of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route<'a> {
    /// Nowhere: a response belongs to its request.
    None,
    /// The route as it was registered, at most 255 bytes.
    Name(&'a str),
    /// The route's code in the dictionary that the handshake agreed on.
    Code(u16),
}

/// A message as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The kind of the message.
    pub kind: MessageKind,
    /// Ties a response to its request; 0 where there is none.
    pub id: u64,
    /// The destination of the message; [`Route::None`] for a response.
    pub route: Route<'a>,
    /// `true` if the body is a zlib stream, for [`inflate`](crate::codec::zlib::inflate).
    pub compressed: bool,
    /// `true` if the body is an error.
    pub error: bool,
    /// The body, which shares the packet's memory.
    pub body: Bytes,
}

impl<'a> Message<'a> {
    /// Decodes the body of a data packet, without copying any of it.
    ///
    /// A request with id 0 is returned as such, although nothing can answer it: treat it as a
    /// notify. Ids padded to up to ten bytes are accepted. A response has no route, whatever its
    /// flag says.
    ///
    /// # Errors
    ///
    /// [`MessageError`], each of which is a violation of the protocol: nothing that follows on that
    /// connection can be trusted.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::Bytes;
    /// use nano::codec::{Message, MessageError, MessageKind, Route};
    ///
    /// let message = Bytes::from_static(b"\x03\x01\x00hi");
    /// let message = Message::decode(&message)?;
    /// assert_eq!(message.kind, MessageKind::Notify);
    /// assert_eq!(message.route, Route::Code(256));
    /// assert_eq!(&message.body[..], b"hi");
    ///
    /// let truncated = Bytes::from_static(b"\x03\x01");
    /// assert_eq!(Message::decode(&truncated), Err(MessageError::TruncatedRoute));
    /// # Ok::<(), MessageError>(())
    /// ```
    pub fn decode(packet_body: &'a Bytes) -> Result<Message<'a>, MessageError> {
        let (MessageHead { kind, id, route, compressed, error }, body) =
            MessageHead::decode(packet_body)?;
        Ok(Message { kind, id, route, compressed, error, body: packet_body.slice_ref(body) })
    }
}

fn code(rest: &[u8]) -> Result<(RawRoute<'_>, &[u8]), MessageError> {
    let (code, rest) = rest.split_first_chunk().ok_or(MessageError::TruncatedRoute)?;
    Ok((RawRoute::Code(u16::from_be_bytes(*code)), rest))
}

fn name(rest: &[u8]) -> Result<(RawRoute<'_>, &[u8]), MessageError> {
    let (&len, rest) = rest.split_first().ok_or(MessageError::TruncatedRoute)?;
    let (name, rest) = rest.split_at_checked(len.into()).ok_or(MessageError::TruncatedRoute)?;
    Ok((RawRoute::Name(name), rest))
}

/// A route whose name is not known to be text: one that is looked up needs no check, unless it is not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RawRoute<'a> {
    None,
    Name(&'a [u8]),
    Code(u16),
}

impl<'a> RawRoute<'a> {
    fn checked(self) -> Result<Route<'a>, MessageError> {
        Ok(match self {
            Self::None => Route::None,
            Self::Code(code) => Route::Code(code),
            Self::Name(name) => Route::Name(text(name)?),
        })
    }
}

/// Returns a route's name as text.
///
/// # Errors
///
/// [`MessageError::RouteNotUtf8`].
pub(crate) fn text(name: &[u8]) -> Result<&str, MessageError> {
    std::str::from_utf8(name).map_err(|_| MessageError::RouteNotUtf8)
}

/// The head of a received message, whose route is not checked yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawHead<'a> {
    pub(crate) kind: MessageKind,
    pub(crate) id: u64,
    pub(crate) route: RawRoute<'a>,
    pub(crate) compressed: bool,
    error: bool,
}

impl<'a> RawHead<'a> {
    /// Decodes the head of a message, and returns the rest of the packet's body.
    // As a call of its own it would move the head.
    #[inline(always)]
    pub(crate) fn decode(packet_body: &'a [u8]) -> Result<(Self, &'a [u8]), MessageError> {
        let (&flag, rest) = packet_body.split_first().ok_or(MessageError::Empty)?;
        let kind = MessageKind::try_from(flag >> 1 & KIND_MASK)?;
        let (id, rest) = if kind.has_id() { id::decode(rest)? } else { (0, rest) };
        let (route, body) = match kind {
            MessageKind::Response => (RawRoute::None, rest),
            _ if flag & ROUTE_IS_CODE != 0 => code(rest)?,
            _ => name(rest)?,
        };
        let (compressed, error) = (flag & BODY_IS_ZLIB != 0, flag & IS_ERROR != 0);
        Ok((Self { kind, id, route, compressed, error }, body))
    }
}

/// The head of a message: all that precedes its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageHead<'a> {
    /// The kind of the message.
    pub kind: MessageKind,
    /// Ties a response to its request; not written where the kind has none.
    pub id: u64,
    /// The destination of the message; not written for a response.
    pub route: Route<'a>,
    /// `true` if the body that follows is a zlib stream.
    pub compressed: bool,
    /// `true` if the body that follows is an error.
    pub error: bool,
}

impl<'a> MessageHead<'a> {
    /// Decodes the head of the message in a data packet's body, and returns the rest of the body. Accepts what
    /// [`Message::decode`] accepts.
    ///
    /// # Errors
    ///
    /// Those of [`Message::decode`].
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::codec::{MessageError, MessageHead, Route};
    ///
    /// let (head, body) = MessageHead::decode(b"\x03\x01\x00hi")?;
    /// assert_eq!((head.route, body), (Route::Code(256), &b"hi"[..]));
    /// # Ok::<(), MessageError>(())
    /// ```
    pub fn decode(packet_body: &'a [u8]) -> Result<(Self, &'a [u8]), MessageError> {
        let (RawHead { kind, id, route, compressed, error }, body) = RawHead::decode(packet_body)?;
        Ok((Self { kind, id, route: route.checked()?, compressed, error }, body))
    }

    /// Appends the flag, the id and the route to `out`; the body is what the caller appends next.
    ///
    /// # Errors
    ///
    /// [`MessageError::RouteTooLong`] for a name over 255 bytes, [`MessageError::MissingRoute`] for
    /// a request, notify or push without a route; `out` is left as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use nano::codec::{MessageHead, MessageKind, Route};
    ///
    /// let head = MessageHead {
    ///     kind: MessageKind::Push,
    ///     id: 0,
    ///     route: Route::Name("onChat"),
    ///     compressed: false,
    ///     error: false,
    /// };
    /// let mut out = BytesMut::new();
    /// head.encode(&mut out)?;
    /// assert_eq!(&out[..], b"\x06\x06onChat");
    /// # Ok::<(), nano::codec::MessageError>(())
    /// ```
    #[inline]
    pub fn encode(&self, out: &mut BytesMut) -> Result<(), MessageError> {
        let route = if self.kind.has_route() { self.route } else { Route::None };
        let name_len = match route {
            Route::None if self.kind.has_route() => return Err(MessageError::MissingRoute),
            Route::Name(name) => u8::try_from(name.len())
                .map_err(|_| MessageError::RouteTooLong { len: name.len() })?,
            Route::None | Route::Code(_) => 0,
        };
        let mut flag = (self.kind as u8) << 1;
        if matches!(route, Route::Code(_)) {
            flag |= ROUTE_IS_CODE;
        }
        if self.compressed {
            flag |= BODY_IS_ZLIB;
        }
        if self.error {
            flag |= IS_ERROR;
        }
        out.put_u8(flag);
        if self.kind.has_id() {
            id::encode(self.id, out);
        }
        match route {
            Route::None => {}
            Route::Name(name) => {
                out.put_u8(name_len);
                out.put_slice(name.as_bytes());
            }
            Route::Code(code) => out.put_u16(code),
        }
        Ok(())
    }
}
