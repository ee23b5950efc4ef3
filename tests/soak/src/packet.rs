//! Packets and messages, written anew for the clients: the server's own codec would share its mistakes.

use std::io::Read as _;

use anyhow::{Context as _, Result, bail, ensure};
use bytes::{Buf as _, Bytes, BytesMut};
use flate2::read::ZlibDecoder;

pub(crate) const HANDSHAKE: u8 = 1;
pub(crate) const ACK: u8 = 2;
pub(crate) const HEARTBEAT: u8 = 3;
pub(crate) const DATA: u8 = 4;
pub(crate) const KICK: u8 = 5;

const REQUEST: u8 = 0;
const NOTIFY: u8 = 1;
const RESPONSE: u8 = 2;
const PUSH: u8 = 3;
const COMPRESSED_ROUTE: u8 = 0x01;
const ZLIB: u8 = 0x10;
const ERROR: u8 = 0x20;

/// A packet of the server.
#[derive(Debug)]
pub(crate) struct Packet {
    pub(crate) kind: u8,
    pub(crate) body: Bytes,
}

/// A route of a message: its name, or its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Name(String),
    Code(u16),
}

/// A message of the server.
#[derive(Debug)]
pub(crate) enum Message {
    Response { id: u64, is_error: bool, body: Vec<u8> },
    Push { route: Route, body: Vec<u8> },
}

/// Returns a packet.
pub(crate) fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = u32::try_from(body.len()).expect("a short body").to_be_bytes();
    [&[kind, a, b, c], body].concat()
}

/// Takes the next packet from `bytes`.
pub(crate) fn take(bytes: &mut BytesMut) -> Option<Packet> {
    let &[kind, a, b, c, ..] = &bytes[..] else { return None };
    let len = u32::from_be_bytes([0, a, b, c]) as usize;
    if bytes.len() < 4 + len {
        return None;
    }
    bytes.advance(4);
    Some(Packet { kind, body: bytes.split_to(len).freeze() })
}

/// Returns the message of a request, or of a notify when there is no id.
pub(crate) fn message(id: Option<u64>, route: &Route, body: &[u8]) -> Vec<u8> {
    let kind = if id.is_some() { REQUEST } else { NOTIFY };
    let code = if matches!(route, Route::Code(_)) { COMPRESSED_ROUTE } else { 0 };
    let mut message = vec![kind << 1 | code];
    if let Some(mut id) = id {
        while id > 0x7f {
            message.push(id as u8 | 0x80);
            id >>= 7;
        }
        message.push(id as u8);
    }
    match route {
        Route::Code(code) => message.extend(code.to_be_bytes()),
        Route::Name(name) => {
            message.push(u8::try_from(name.len()).expect("a short route"));
            message.extend(name.as_bytes());
        }
    }
    message.extend(body);
    message
}

impl Message {
    /// Reads the body of a data packet.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self> {
        let (&flag, mut rest) = bytes.split_first().context("an empty message")?;
        match flag >> 1 & 7 {
            RESPONSE => {
                let mut id = 0_u64;
                for shift in (0..).step_by(7) {
                    let (&byte, after) = rest.split_first().context("an id without an end")?;
                    rest = after;
                    id |= u64::from(byte & 0x7f)
                        .checked_shl(shift)
                        .context("an id of over 64 bits")?;
                    if byte < 0x80 {
                        break;
                    }
                }
                Ok(Self::Response { id, is_error: flag & ERROR != 0, body: inflate(flag, rest)? })
            }
            PUSH => {
                let (route, rest) = if flag & COMPRESSED_ROUTE != 0 {
                    let (code, rest) = rest.split_first_chunk().context("a code without an end")?;
                    (Route::Code(u16::from_be_bytes(*code)), rest)
                } else {
                    let (&len, rest) = rest.split_first().context("a push without a route")?;
                    ensure!(rest.len() >= len.into(), "a route without an end");
                    let (name, rest) = rest.split_at(len.into());
                    (Route::Name(std::str::from_utf8(name)?.to_owned()), rest)
                };
                Ok(Self::Push { route, body: inflate(flag, rest)? })
            }
            kind => bail!("a message of type {kind} from the server"),
        }
    }
}

fn inflate(flag: u8, body: &[u8]) -> Result<Vec<u8>> {
    if flag & ZLIB == 0 {
        return Ok(body.to_vec());
    }
    let mut inflated = Vec::new();
    ZlibDecoder::new(body).read_to_end(&mut inflated)?;
    Ok(inflated)
}

/// Returns the JSON of a handshake's answer, which pitaya's clients may receive as a zlib stream.
pub(crate) fn handshake(body: &[u8]) -> Result<serde_json::Value> {
    let body = inflate(if body.first() == Some(&0x78) { ZLIB } else { 0 }, body)?;
    Ok(serde_json::from_slice(&body)?)
}
