//! Durations as the attributes write them: `500ms`, `60s`, `5m`, `1h`.

use std::time::Duration;

use syn::LitStr;

use crate::errors::Errors;

#[cfg(test)]
mod tests;

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// Reads one whole number and one unit; `subject` begins the error, as in `a period`.
pub(crate) fn parse(text: &LitStr, subject: &str, errors: &mut Errors) -> Option<Duration> {
    let value = text.value();
    match read(&value) {
        Ok(duration) => Some(duration),
        Err(reason) => {
            errors.on(text, format_args!("{subject} {reason}, got `{value}`"));
            None
        }
    }
}

fn read(text: &str) -> Result<Duration, &'static str> {
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, millis)| *millis);
    let (Some(unit), false) = (unit, number.is_empty()) else {
        return Err("is a whole number and one unit of `ms`, `s`, `m`, `h`, as in `60s`");
    };
    let millis = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    match millis {
        None => Err("is at most 2^64 - 1 milliseconds"),
        Some(0) => Err("cannot be zero"),
        Some(millis) => Ok(Duration::from_millis(millis)),
    }
}
