//! Packets and messages of the nano wire, as a client writes and reads them.

#[cfg(test)]
mod tests;

use anyhow::{Context as _, Result, bail, ensure};

use super::frame;
use crate::transport::Transport;

pub(super) const HANDSHAKE: u8 = 1;
pub(super) const HANDSHAKE_ACK: u8 = 2;
pub(super) const HEARTBEAT: u8 = 3;
pub(super) const DATA: u8 = 4;
pub(super) const KICK: u8 = 5;

const HEADER: usize = 4;
const REQUEST: u8 = 0;
const NOTIFY: u8 = 1 << 1;
const RESPONSE: u8 = 2 << 1;
const PUSH: u8 = 3 << 1;
/// The flag of a message whose route is a code.
const COMPRESSED: u8 = 1;
/// The flag of a response that is an error, to clients that announced the feature `errors`.
const ERROR: u8 = 1 << 5;
const RESPONSE_ERROR: u8 = RESPONSE | ERROR;
const PUSH_BY_CODE: u8 = PUSH | COMPRESSED;

/// A message that is sent again and again: all of it that stands behind the id.
#[derive(Clone, Debug)]
pub struct Template(Vec<u8>);

impl Template {
    /// A message to a route, which is sent by name, with a body.
    ///
    /// # Panics
    ///
    /// The route has more than 255 bytes.
    pub fn new(route: &str, body: &[u8]) -> Self {
        let len = u8::try_from(route.len()).expect("routes have 255 bytes at most");
        Self([&[len], route.as_bytes(), body].concat())
    }
}

/// Appends what is sent on one connection.
#[derive(Debug)]
pub struct Outgoing<'a> {
    transport: Transport,
    out: &'a mut Vec<u8>,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn new(transport: Transport, out: &'a mut Vec<u8>) -> Self {
        Self { transport, out }
    }

    /// Appends a request with an id, which must not be zero.
    pub fn request(&mut self, id: u64, template: &Template) {
        let (bytes, len) = leb128(id);
        self.data(REQUEST, &bytes[..len], template);
    }

    /// Appends a notify.
    pub fn notify(&mut self, template: &Template) {
        self.data(NOTIFY, &[], template);
    }

    pub(super) fn packet(&mut self, kind: u8, body: &[u8]) {
        self.write(kind, &[body]);
    }

    fn data(&mut self, flag: u8, id: &[u8], template: &Template) {
        self.write(DATA, &[&[flag], id, &template.0]);
    }

    /// Appends a packet, in a frame of its own on a WebSocket.
    fn write(&mut self, kind: u8, parts: &[&[u8]]) {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        if self.transport.is_websocket() {
            frame::head(HEADER + len, self.out);
        }
        let start = self.out.len();
        let [_, high, middle, low] = u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes();
        self.out.extend_from_slice(&[kind, high, middle, low]);
        parts.iter().for_each(|part| self.out.extend_from_slice(part));
        if self.transport.is_websocket() {
            frame::mask(&mut self.out[start..]);
        }
    }
}

/// A message from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// The answer to a request.
    Response {
        /// The id of the request.
        id: u64,
        /// The body, still encoded.
        body: &'a [u8],
        /// True if it is flagged as an error.
        is_error: bool,
    },
    /// Anything that was not asked for.
    Push {
        /// Its name.
        route: Route<'a>,
        /// The body, still encoded.
        body: &'a [u8],
    },
}

impl<'a> Message<'a> {
    /// Reads the body of a data packet.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self> {
        let (flag, rest) = bytes.split_first().context("a message is empty")?;
        match *flag {
            RESPONSE | RESPONSE_ERROR => {
                let (id, body) = read_leb128(rest).context("a response has no id")?;
                Ok(Self::Response { id, body, is_error: flag & ERROR != 0 })
            }
            PUSH => {
                let (len, rest) = rest.split_first().context("a push has no route")?;
                let cut = rest.split_at_checked(usize::from(*len));
                let (name, body) = cut.context("a push's route is cut off")?;
                Ok(Self::Push { route: Route::Name(name), body })
            }
            PUSH_BY_CODE => {
                let (code, body) = rest.split_first_chunk().context("a push's code is cut off")?;
                Ok(Self::Push { route: Route::Code(u16::from_be_bytes(*code)), body })
            }
            flag => bail!("a message has the flag {flag:#04x}"),
        }
    }
}

/// The route of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// A name, in UTF-8.
    Name(&'a [u8]),
    /// A code of the server's dictionary, to clients that listed features in their handshake.
    Code(u16),
}

/// Calls `each` with the kind and body of every whole packet, and returns the length of them all.
pub(super) fn read(
    transport: Transport,
    bytes: &[u8],
    mut each: impl FnMut(u8, &[u8]) -> Result<()>,
) -> Result<usize> {
    if !transport.is_websocket() {
        return read_packets(bytes, &mut each);
    }
    let mut at = 0;
    while let Some((payload, len)) = frame::read(&bytes[at..])? {
        let used = read_packets(payload, &mut each)?;
        ensure!(used == payload.len(), "a frame holds a part of a packet");
        at += len;
    }
    Ok(at)
}

fn read_packets(bytes: &[u8], each: &mut impl FnMut(u8, &[u8]) -> Result<()>) -> Result<usize> {
    let mut at = 0;
    while let Some(&[kind, a, b, c, ..]) = bytes.get(at..) {
        let end = at + HEADER + u32::from_be_bytes([0, a, b, c]) as usize;
        let Some(body) = bytes.get(at + HEADER..end) else { break };
        each(kind, body)?;
        at = end;
    }
    Ok(at)
}

/// An id as it is written: seven bits to a byte, the lowest first.
fn leb128(mut id: u64) -> ([u8; 10], usize) {
    let mut bytes = [0; 10];
    let mut len = 0;
    loop {
        bytes[len] = id as u8 & 0x7f;
        id >>= 7;
        if id == 0 {
            return (bytes, len + 1);
        }
        bytes[len] |= 0x80;
        len += 1;
    }
}

fn read_leb128(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut id = 0;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        id |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((id, &bytes[at + 1..]));
        }
    }
    None
}
