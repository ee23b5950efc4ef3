//! The frames of a WebSocket, as far as the generator needs them.

use anyhow::{Result, bail, ensure};

const FINAL_BINARY: u8 = 0x82;
const MASKED: u8 = 0x80;
const LENGTH_OF_16_BITS: u8 = 126;
/// Servers have to undo any key; a fixed one costs them the same.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Appends the head of a binary frame, up to its payload.
pub(super) fn head(len: usize, out: &mut Vec<u8>) {
    out.push(FINAL_BINARY);
    match u8::try_from(len) {
        Ok(len) if len < LENGTH_OF_16_BITS => out.push(MASKED | len),
        _ => {
            out.push(MASKED | LENGTH_OF_16_BITS);
            let len = u16::try_from(len).expect("payloads are limited to less than 64 KiB");
            out.extend_from_slice(&len.to_be_bytes());
        }
    }
    out.extend_from_slice(&KEY);
}

/// Masks a payload.
pub(super) fn mask(payload: &mut [u8]) {
    let [a, b, c, d] = KEY;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (chunks, rest) = payload.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(KEY.iter().cycle()) {
        *byte ^= key;
    }
}

/// Takes a frame of a server apart: its payload, and the length of the whole.
pub(super) fn read(bytes: &[u8]) -> Result<Option<(&[u8], usize)>> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let (len, head) = match (*second, rest) {
        (LENGTH_OF_16_BITS, [a, b, ..]) => (usize::from(u16::from_be_bytes([*a, *b])), 4),
        (LENGTH_OF_16_BITS, _) => return Ok(None),
        (len, _) => {
            ensure!(len < LENGTH_OF_16_BITS, "a frame is masked or longer than 64 KiB");
            (usize::from(len), 2)
        }
    };
    let Some(payload) = bytes.get(head..head + len) else { return Ok(None) };
    if *first != FINAL_BINARY {
        bail!("a frame begins with {first:#04x} and holds {:?}", String::from_utf8_lossy(payload));
    }
    Ok(Some((payload, head + len)))
}
