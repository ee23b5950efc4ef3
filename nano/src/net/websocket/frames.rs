//! The frames of a client: taken off the bytes that have come, in their place.
//!
//! tungstenite's frame headers are used, but not its messages: it hands over one message at a time, reads
//! the close before what came in front of it is answered, and insists on UTF-8 in text frames, which Go
//! clients fill with any packet.

use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::net::close_code::{CloseCode, Fault};

/// The longest payload of a ping, pong or close.
const CONTROL_LIMIT: usize = 125;

/// Reads the frames of one client.
#[derive(Debug)]
pub(super) struct Frames {
    /// The longest message, over all of its frames.
    limit: u64,
    state: State,
    message: Message,
    /// The frames that were taken and hold no part of a packet.
    empty: usize,
    /// The start of a frame whose rest has not come.
    held: Vec<u8>,
}

/// Where in a frame the last byte was.
#[derive(Clone, Copy, Debug)]
enum State {
    Header,
    /// In the payload of a data frame.
    Payload {
        left: u64,
        mask: [u8; 4],
        is_last: bool,
    },
}

/// Where in a message the last frame was.
#[derive(Clone, Copy, Debug)]
enum Message {
    None,
    /// Between its fragments, of which there have been so many bytes.
    Fragments {
        len: u64,
    },
}

/// A control frame of a client that needs an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// To be answered with the same payload.
    Ping(Vec<u8>),
    /// The client sends nothing more; its code is to be sent back.
    Close(Option<u16>),
}

impl Frames {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, state: State::Header, message: Message::None, empty: 0, held: Vec::new() }
    }

    /// The start of a frame that was not complete, to be put in front of what is read next.
    pub(super) fn held(&mut self) -> &mut Vec<u8> {
        &mut self.held
    }

    /// Returns the number of frames since the last call that hold no part of a packet.
    pub(super) fn take_empty(&mut self) -> usize {
        std::mem::take(&mut self.empty)
    }

    /// Takes the frames out of `raw`, and returns how many bytes of packets are left at its front: those
    /// in front of a violation, too.
    ///
    /// Bytes behind a close are ignored.
    pub(super) fn decode(
        &mut self,
        raw: &mut [u8],
        event: impl FnMut(Event),
    ) -> (usize, Result<(), Fault>) {
        let mut packets = 0;
        let decoded = self.decode_into(&mut packets, raw, event);
        (packets, decoded)
    }

    fn decode_into(
        &mut self,
        packets: &mut usize,
        raw: &mut [u8],
        mut event: impl FnMut(Event),
    ) -> Result<(), Fault> {
        let mut read = 0;
        while read < raw.len() {
            match &mut self.state {
                State::Payload { left, mask, is_last } => {
                    let len = (raw.len() - read).min(usize::try_from(*left).unwrap_or(usize::MAX));
                    raw.copy_within(read..read + len, *packets);
                    unmask(&mut raw[*packets..*packets + len], *mask);
                    mask.rotate_left(len % 4);
                    *left -= len as u64;
                    read += len;
                    *packets += len;
                    if *left == 0 {
                        let is_last = *is_last;
                        self.end_of_frame(is_last);
                    }
                }
                State::Header => {
                    let Some(header) = parse(&raw[read..])? else { break };
                    let Header { fin, opcode, len, header_len, mask } = header;
                    match opcode {
                        OpCode::Data(data) => {
                            self.begin(data, len)?;
                            read += header_len;
                            self.state = State::Payload { left: len, mask, is_last: fin };
                            if len == 0 {
                                self.empty += 1;
                                self.end_of_frame(fin);
                            }
                        }
                        OpCode::Control(control) => {
                            check_control(control, fin, len)?;
                            let end = read + header_len + len as usize;
                            let Some(payload) = raw.get_mut(read + header_len..end) else { break };
                            unmask(payload, mask);
                            self.empty += 1;
                            read = end;
                            match control {
                                Control::Ping => event(Event::Ping(payload.to_vec())),
                                Control::Close => {
                                    event(Event::Close(close_code(payload)?));
                                    return Ok(());
                                }
                                _ => {}
                            }
                        }
                    }
                }
            }
        }
        self.held.extend_from_slice(&raw[read..]);
        Ok(())
    }

    /// Checks that a data frame may come now.
    fn begin(&mut self, data: Data, len: u64) -> Result<(), Fault> {
        let before = match (data, self.message) {
            (Data::Reserved(code), _) => return violation(format!("unknown opcode {code}")),
            (Data::Continue, Message::None) => {
                return violation("a frame continues a message that has not begun".into());
            }
            (Data::Continue, Message::Fragments { len }) => len,
            (Data::Text | Data::Binary, Message::None) => 0,
            (Data::Text | Data::Binary, Message::Fragments { .. }) => {
                return violation("a message begins within another one's fragments".into());
            }
        };
        let total = before.saturating_add(len);
        if total > self.limit {
            let limit = self.limit;
            let detail = format!("message of {total} bytes exceeds the limit of {limit}");
            return Err(Fault { code: CloseCode::Size, detail });
        }
        self.message = Message::Fragments { len: total };
        Ok(())
    }

    fn end_of_frame(&mut self, is_last: bool) {
        self.state = State::Header;
        if is_last {
            self.message = Message::None;
        }
    }
}

struct Header {
    fin: bool,
    opcode: OpCode,
    len: u64,
    header_len: usize,
    mask: [u8; 4],
}

/// Reads a header; `None` while it is not complete.
fn parse(raw: &[u8]) -> Result<Option<Header>, Fault> {
    let mut cursor = Cursor::new(raw);
    let parsed =
        FrameHeader::parse(&mut cursor).map_err(|error| Fault::protocol(error.to_string()))?;
    let Some((header, len)) = parsed else { return Ok(None) };
    if header.rsv1 || header.rsv2 || header.rsv3 {
        return violation("reserved bits are set".into());
    }
    let Some(mask) = header.mask else { return violation("an unmasked frame".into()) };
    let header_len = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
    // In front of the mask: two bytes, and those of a length that does not fit there.
    let shortest = match len {
        ..126 => 6,
        126..0x1_0000 => 8,
        _ => 14,
    };
    if header_len != shortest || len >= 1 << 63 {
        return violation(format!("a frame's length of {len} in {header_len} bytes"));
    }
    Ok(Some(Header { fin: header.is_final, opcode: header.opcode, len, header_len, mask }))
}

fn check_control(control: Control, fin: bool, len: u64) -> Result<(), Fault> {
    if let Control::Reserved(code) = control {
        return violation(format!("unknown opcode {code}"));
    }
    if !fin {
        return violation("a control frame is fragmented".into());
    }
    if len > CONTROL_LIMIT as u64 {
        return violation(format!("a control frame of {len} bytes; {CONTROL_LIMIT} are the most"));
    }
    Ok(())
}

/// Reads the code of a close; `None` when it has none.
fn close_code(payload: &[u8]) -> Result<Option<u16>, Fault> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(None) } else { violation("a close of one byte".into()) };
    };
    let code = u16::from_be_bytes(*code);
    if !CloseCode::from(code).is_allowed() {
        return violation(format!("close code {code} is not one that may be sent"));
    }
    if std::str::from_utf8(reason).is_err() {
        let detail = "the reason of a close is not UTF-8".into();
        return Err(Fault { code: CloseCode::Invalid, detail });
    }
    Ok(Some(code))
}

fn violation<T>(detail: String) -> Result<T, Fault> {
    Err(Fault::protocol(detail))
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let (words, rest) = payload.as_chunks_mut::<4>();
    let word_mask = u32::from_ne_bytes(mask);
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ word_mask).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests;
