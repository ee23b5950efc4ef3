//! JSON that a person typed.

use serde_json::Value;

use crate::failure::{Failure, Outcome};

/// Reads a value. `place` says where it was found.
pub(crate) fn parse(text: &str, place: &str) -> Outcome<Value> {
    check(text, place)?;
    serde_json::from_str(text).map_err(|error| Failure::usage(format!("{place}: {error}")))
}

/// Reads a value that may have secrets: a failure does not show them.
pub(crate) fn parse_secret(text: &str, place: &str) -> Outcome<Value> {
    serde_json::from_str(text)
        .map_err(|error| Failure::usage(format!("{place} is not JSON: {error}")).help(advice(text)))
}

/// Fails when a text is no JSON.
pub(crate) fn check(text: &str, place: &str) -> Outcome {
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else { return Ok(()) };
    Err(Failure::usage(format!("{place} is not JSON: {error}: {text}")).help(advice(text)))
}

fn advice(text: &str) -> &'static str {
    // A text without its quotes: the shell has taken them.
    let is_bare = !text.trim_start().starts_with(['"', '[', '{']);
    match text.starts_with('{') {
        true => {
            r#"names are in double quotes, and the whole is in single quotes for the shell: '{"name":"Ann"}'"#
        }
        false if is_bare => {
            r#"a text is in double quotes, and the whole is in single quotes for the shell: '"hello"'"#
        }
        false => "write it in single quotes, so that the shell leaves it as it is",
    }
}
