//! The parts of example messages: the places that the scripts of loads have.

use serde_json::Value;

/// A random text.
pub(super) const TEXT: &str = "{letters:8}";
/// A random whole number.
pub(super) const INT: &str = "{0..100}";
/// A random number.
pub(super) const FLOAT: &str = "{0.0..1.0}";

/// A text that is no place.
pub(super) fn literal(text: &str) -> Value {
    text.replace('{', "{{").replace('}', "}}").into()
}

/// One of several texts: a place, unless they have letters that mean something in one.
pub(super) fn one_of(texts: &[String]) -> Value {
    match texts {
        [] => Value::Null,
        [only] => literal(only),
        [first, ..] if texts.iter().any(|text| text.contains(['{', '}', '|'])) => literal(first),
        texts => format!("{{{}}}", texts.join("|")).into(),
    }
}
