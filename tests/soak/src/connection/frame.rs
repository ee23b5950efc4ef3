//! The frames of a WebSocket.

use anyhow::{Result, ensure};
use bytes::{Buf as _, Bytes, BytesMut};

pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Returns a whole frame of a client.
pub(crate) fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![FINAL | opcode];
    match payload.len() {
        len @ 0..126 => frame.push(MASKED | len as u8),
        len @ 126..0x1_0000 => {
            frame.push(MASKED | 126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(MASKED | 127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(KEY);
    frame.extend(payload.iter().zip(KEY.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// Takes a frame of the server from `bytes`: its opcode and payload.
pub(crate) fn take(bytes: &mut BytesMut) -> Result<Option<(u8, Bytes)>> {
    let (head, len) = match bytes[..] {
        [_, 127, a, b, c, d, e, f, g, h, ..] => {
            (10, u64::from_be_bytes([a, b, c, d, e, f, g, h]) as usize)
        }
        [_, 126, a, b, ..] => (4, u16::from_be_bytes([a, b]).into()),
        [_, 126 | 127, ..] | [] | [_] => return Ok(None),
        [_, len, ..] => {
            ensure!(len < MASKED, "a masked frame from the server");
            (2, len.into())
        }
    };
    let first = bytes[0];
    ensure!(first & 0xf0 == FINAL, "a frame begins with {first:#04x}");
    if bytes.len() - head < len {
        return Ok(None);
    }
    bytes.advance(head);
    Ok(Some((first & 0x0f, bytes.split_to(len).freeze())))
}
