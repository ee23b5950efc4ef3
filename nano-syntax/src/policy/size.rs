//! Sizes as the attributes write them: `512B`, `4KiB`, `1MiB`.

use syn::LitStr;

use crate::errors::Errors;

const UNITS: [(&str, u32); 3] = [("B", 1), ("KiB", 1024), ("MiB", 1024 * 1024)];

/// The longest body of a packet: three bytes announce it.
const LONGEST: u32 = 0xff_ffff;

pub(super) fn parse(text: &LitStr, errors: &mut Errors) -> Option<u32> {
    let value = text.value();
    match read(&value) {
        Ok(size) => Some(size),
        Err(reason) => {
            errors.on(text, format_args!("a size {reason}, got `{value}`"));
            None
        }
    }
}

pub(super) fn read(text: &str) -> Result<u32, &'static str> {
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, bytes)| *bytes);
    let (Some(unit), false) = (unit, number.is_empty()) else {
        return Err("is a whole number and one unit of `B`, `KiB`, `MiB`, as in `4KiB`");
    };
    let bytes = number.parse::<u32>().ok().and_then(|number| number.checked_mul(unit));
    match bytes.filter(|bytes| *bytes <= LONGEST) {
        None => Err("is at most 16777215 bytes, the longest body of a packet"),
        Some(0) => Err("cannot be zero: no message with a body would pass"),
        Some(bytes) => Ok(bytes),
    }
}
