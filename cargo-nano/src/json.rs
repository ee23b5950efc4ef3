//! JSON that a person typed.

use serde_json::Value;

use crate::failure::{Failure, Outcome};

/// Reads a value. `place` says where it was found.
pub(crate) fn parse(text: &str, place: &str) -> Outcome<Value> {
    check(text, place)?;
    serde_json::from_str(text).map_err(|error| Failure::usage(format!("{place}: {error}")))
}

/// Fails when a text is no JSON.
pub(crate) fn check(text: &str, place: &str) -> Outcome {
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else { return Ok(()) };
    let failure = Failure::usage(format!("{place} is not JSON: {error}: {text}"));
    // A text without its quotes: the shell has taken them.
    let is_bare = !text.trim_start().starts_with(['"', '[', '{']);
    let quoted = match text.starts_with('{') {
        true => {
            r#"names are in double quotes, and the whole is in single quotes for the shell: '{"name":"Ann"}'"#
        }
        false if is_bare => {
            r#"a text is in double quotes, and the whole is in single quotes for the shell: '"hello"'"#
        }
        false => "write it in single quotes, so that the shell leaves it as it is",
    };
    Err(failure.help(quoted))
}
