//! The packets of outgoing requests and notifies.

use bytes::{Bytes, BytesMut};

use crate::codec::{MessageHead, MessageKind, PacketKind, Route, packet};
use crate::{Error, ErrorKind, Result};

/// Writes a request, or with id 0 a notify, whose body is appended by `body`.
pub(super) fn write(
    id: u64,
    route: Route<'_>,
    limit: usize,
    body: impl FnOnce(&mut BytesMut) -> Result<()>,
) -> Result<Bytes> {
    let kind = if id == 0 { MessageKind::Notify } else { MessageKind::Request };
    let head = MessageHead { kind, id, route, compressed: false, error: false };
    let mut out = BytesMut::new();
    packet::encode_with::<Error>(PacketKind::Data, limit, &mut out, |out| {
        head.encode(out).map_err(|source| {
            Error::with_source(ErrorKind::TooLarge, "route is too long", source)
        })?;
        body(out)
    })?;
    Ok(out.freeze())
}
