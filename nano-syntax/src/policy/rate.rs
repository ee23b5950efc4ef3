//! Rates as the attributes write them: `10/s`, `100/m`, `1/s burst 5`.

use std::time::Duration;

use syn::LitStr;

use crate::errors::Errors;

const UNITS: [(&str, u64); 3] = [("s", 1), ("m", 60), ("h", 3_600)];

/// The longest time after which a burst is allowed again, in seconds.
const LONGEST: u64 = 366 * 24 * 60 * 60;

const FORM: &str = "is a whole number for each unit of `s`, `m`, `h`, as in `10/s`, and may end in the number that \
                    may come at once, as in `10/s burst 20`";

/// So many messages within a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The number of messages.
    pub count: u32,
    /// The period.
    pub period: Duration,
    /// The number that may come at once, if it is another one.
    pub burst: Option<u32>,
}

pub(super) fn parse(text: &LitStr, errors: &mut Errors) -> Option<Rate> {
    let value = text.value();
    match read(&value) {
        Ok(rate) => Some(rate),
        Err(reason) => {
            errors.on(text, format_args!("a rate {reason}, got `{value}`"));
            None
        }
    }
}

pub(super) fn read(text: &str) -> Result<Rate, &'static str> {
    let (rate, burst) = match text.split_once(" burst ") {
        Some((rate, burst)) => (rate, Some(number(burst)?)),
        None => (text, None),
    };
    let (count, unit) = rate.split_once('/').ok_or(FORM)?;
    let count = number(count)?;
    let seconds = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, seconds)| *seconds);
    let seconds = seconds.ok_or(FORM)?;
    if u64::from(count) > seconds * 1_000_000_000 {
        return Err("is at most one message each nanosecond");
    }
    if u64::from(burst.unwrap_or(count)) * seconds > LONGEST * u64::from(count) {
        return Err("allows a burst again within a year");
    }
    Ok(Rate { count, period: Duration::from_secs(seconds), burst })
}

/// A whole number above zero.
fn number(text: &str) -> Result<u32, &'static str> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FORM);
    }
    match text.parse() {
        Ok(0) => Err("has no zero in it: nothing would pass"),
        Ok(number) => Ok(number),
        Err(_) => Err("has numbers up to 4294967295"),
    }
}
