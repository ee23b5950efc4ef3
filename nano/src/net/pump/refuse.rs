//! The answer to messages that have come and will not be handled.

use std::num::NonZeroU64;

use crate::Error;
use crate::codec::{MessageHead, MessageKind, PacketDecoder, PacketKind};
use crate::dispatch::Dispatch;

/// Answers the requests that have come and will not be handled.
pub(super) fn refuse_all(dispatch: &Dispatch, mut inbound: &[u8], limit: usize, error: &Error) {
    while let Ok(Some(packet)) = PacketDecoder::new(limit).peek(inbound) {
        inbound = &inbound[packet.len()..];
        if packet.kind != PacketKind::Data {
            continue;
        }
        let Ok((head, _)) = MessageHead::decode(packet.body) else { return };
        if head.kind == MessageKind::Request {
            dispatch.refuse("(not started)", NonZeroU64::new(head.id), error);
        }
    }
}
