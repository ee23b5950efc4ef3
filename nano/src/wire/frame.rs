//! The packets that the server sends: data, heartbeats, kicks and the framework's own JSON.

use bytes::BytesMut;
use serde::Serialize;

use super::dialect::BodyForm;
use crate::codec::message::BODY_IS_ZLIB;
use crate::codec::packet::{self, MAX_BODY_LEN};
use crate::codec::{MessageError, MessageHead, PacketError, PacketKind, text, zlib};
use crate::{Error, ErrorKind};

/// The heartbeat packet.
pub(crate) const HEARTBEAT: [u8; 4] = [PacketKind::Heartbeat as u8, 0, 0, 0];

/// Appends a data packet: the head, and the body that `write` appends.
#[inline]
pub(crate) fn write_message(
    out: &mut BytesMut,
    limit: usize,
    head: MessageHead<'_>,
    form: BodyForm,
    write: impl FnOnce(&mut BytesMut) -> Result<(), Error>,
) -> Result<(), Error> {
    packet::encode_with(PacketKind::Data, limit, out, |out| {
        let start = out.len();
        head.encode(out)?;
        let body = out.len();
        write(out)?;
        let written = out.get(body..).unwrap_or_default();
        if form.escape
            && !written.is_ascii()
            && let Some(escaped) = text::escape_non_bmp(written)
        {
            out.truncate(body);
            out.extend_from_slice(&escaped);
        }
        let len = out.len().saturating_sub(body);
        // The receiver would refuse a body that exceeds the limit once it is inflated.
        if form.deflate_from.is_some_and(|from| len >= from)
            && out.len().saturating_sub(start) <= limit
            && zlib::deflate_tail(out, body)
            && let Some(flag) = out.get_mut(start)
        {
            *flag |= BODY_IS_ZLIB;
        }
        Ok(())
    })
}

impl From<PacketError> for Error {
    fn from(error: PacketError) -> Self {
        match error {
            PacketError::TooLong { .. } => {
                Self::with_source(ErrorKind::TooLarge, "message is too large", error)
            }
            _ => Self::with_source(ErrorKind::Protocol, "invalid packet", error),
        }
    }
}

impl From<MessageError> for Error {
    fn from(error: MessageError) -> Self {
        Self::with_source(ErrorKind::Protocol, "invalid message", error)
    }
}

/// The longest reason of a kick or a refused handshake, in characters: clients refuse packets over their limit, and
/// with them the reason.
pub(super) const REASON: usize = 1024;

/// Returns a kick packet, with the milliseconds after which the client may come back, if it may. Its body is never
/// empty: stock JS clients parse it.
pub(crate) fn kick(reason: &str, reconnect_in: Option<u64>) -> BytesMut {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Kick<'a> {
        reason: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reconnect_in: Option<u64>,
    }
    let reason = reason.char_indices().nth(REASON).map_or(reason, |(end, _)| &reason[..end]);
    json_packet(PacketKind::Kick, &Kick { reason, reconnect_in })
}

/// Returns a packet with a JSON body of the framework's own.
pub(crate) fn json_packet(kind: PacketKind, body: &impl Serialize) -> BytesMut {
    // These bodies are far shorter than a packet may be. An empty packet would be the lesser evil.
    whole_packet(kind, &json_body(body)).unwrap_or_default()
}

/// Returns a JSON body of the framework's own, in text that every client can read.
pub(super) fn json_body(body: &impl Serialize) -> Vec<u8> {
    // These bodies have no maps with odd keys: this does not fail. An empty body would be the lesser evil.
    let body = serde_json::to_vec(body).unwrap_or_default();
    text::escape_non_bmp(&body).unwrap_or(body)
}

/// Returns a packet with this body.
pub(super) fn whole_packet(kind: PacketKind, body: &[u8]) -> Result<BytesMut, PacketError> {
    let mut out = BytesMut::new();
    packet::encode(kind, body, MAX_BODY_LEN, &mut out)?;
    Ok(out)
}
