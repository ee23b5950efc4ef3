//! Text as stock JavaScript clients write and read it: characters beyond the BMP as surrogates.
//!
//! These clients encode each half of a surrogate pair as three bytes of its own (CESU-8), which is
//! not UTF-8, and cannot read the four bytes that UTF-8 has for such a character.

use std::ops::RangeInclusive;

#[cfg(test)]
mod tests;

/// The byte that a surrogate in CESU-8 starts with; so do the characters U+D000 to U+D7FF in UTF-8.
const SURROGATE_LEAD: u8 = 0xED;

/// The lowest byte that a character of four bytes can start with.
const FOUR_BYTE_LEAD: u8 = 0xF0;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Turns surrogate pairs of three bytes each into the UTF-8 they stand for; `None` when there is
/// none.
///
/// Everything else stays as it is, surrogates without their other half included: the JSON parser
/// refuses those.
///
/// # Examples
///
/// ```
/// use nano::codec::text::repair_surrogates;
///
/// let sent = b"\"\xed\xa0\xbd\xed\xb8\x80\"";
/// assert_eq!(repair_surrogates(sent).as_deref(), Some("\"😀\"".as_bytes()));
/// assert_eq!(repair_surrogates("\"😀\"".as_bytes()), None);
/// ```
#[must_use]
pub fn repair_surrogates(json: &[u8]) -> Option<Vec<u8>> {
    rewrite(json, SURROGATE_LEAD..=SURROGATE_LEAD, surrogate_pair, |character, out| {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    })
}

/// Reads the character that two surrogates of three bytes each stand for, and what follows them.
fn surrogate_pair(text: &[u8]) -> Option<(char, &[u8])> {
    let [
        SURROGATE_LEAD,
        high @ 0xA0..=0xAF,
        high_tail @ 0x80..=0xBF,
        SURROGATE_LEAD,
        low @ 0xB0..=0xBF,
        low_tail @ 0x80..=0xBF,
        rest @ ..,
    ] = text
    else {
        return None;
    };
    let units = [utf16_unit(*high, *high_tail), utf16_unit(*low, *low_tail)];
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((character, rest))
}

fn utf16_unit(middle: u8, tail: u8) -> u16 {
    0xD000 | u16::from(middle & 0x3F) << 6 | u16::from(tail & 0x3F)
}

/// Writes characters beyond the BMP as two `\u` escapes; `None` when there is none.
///
/// Meant for JSON, in which such a character can only be inside a string, where an escape means the
/// same.
///
/// # Examples
///
/// ```
/// use nano::codec::text::escape_non_bmp;
///
/// assert_eq!(escape_non_bmp("\"😀\"".as_bytes()).as_deref(), Some(&br#""\ud83d\ude00""#[..]));
/// assert_eq!(escape_non_bmp("\"é\"".as_bytes()), None);
/// ```
#[must_use]
pub fn escape_non_bmp(json: &[u8]) -> Option<Vec<u8>> {
    rewrite(json, FOUR_BYTE_LEAD..=u8::MAX, four_byte_character, |character, out| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            out.extend_from_slice(b"\\u");
            out.extend([12, 8, 4, 0].into_iter().filter_map(|shift| hex_digit(*unit, shift)));
        }
    })
}

/// Reads a character of four bytes, and what follows it.
fn four_byte_character(text: &[u8]) -> Option<(char, &[u8])> {
    let (character, rest) = text.split_at_checked(4)?;
    let character = std::str::from_utf8(character).ok()?.chars().next()?;
    Some((character, rest))
}

fn hex_digit(unit: u16, shift: u32) -> Option<u8> {
    HEX.get(usize::from(unit.wrapping_shr(shift) & 0xF)).copied()
}

/// Copies `text`, with `write` for every character that `recognize` sees at a byte in `leads`;
/// `None` if it sees none.
fn rewrite(
    text: &[u8],
    leads: RangeInclusive<u8>,
    recognize: impl Fn(&[u8]) -> Option<(char, &[u8])>,
    write: impl Fn(char, &mut Vec<u8>),
) -> Option<Vec<u8>> {
    // Most messages are ASCII, and that is found out a word at a time.
    if text.is_ascii() {
        return None;
    }
    let mut out = Vec::new();
    let mut pending = text;
    let mut scanned: usize = 0;
    while let Some(skipped) = pending.get(scanned..)?.iter().position(|byte| leads.contains(byte)) {
        let at = scanned.saturating_add(skipped);
        let (before, found) = pending.split_at_checked(at)?;
        match recognize(found) {
            Some((character, after)) => {
                out.reserve(pending.len());
                out.extend_from_slice(before);
                write(character, &mut out);
                pending = after;
                scanned = 0;
            }
            None => scanned = at.saturating_add(1),
        }
    }
    if out.is_empty() {
        return None;
    }
    out.extend_from_slice(pending);
    Some(out)
}
