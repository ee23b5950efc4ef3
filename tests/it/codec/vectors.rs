//! The golden bytes, which Go nano 0.5.0 wrote and read.

use serde_json::Value;

const GO_NANO: &str = include_str!("../../vectors/go-nano.jsonl");

/// Reads every vector, a JSON object each.
pub(super) fn all() -> Vec<Value> {
    GO_NANO
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Collects every byte string that occurs anywhere in the vectors, as raw material for mutations.
pub(super) fn all_bytes() -> Vec<Vec<u8>> {
    fn collect(value: &Value, found: &mut Vec<Vec<u8>>) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    match value {
                        Value::String(text) if key == "hex" || key == "request_hex" => {
                            found.push(unhex(text))
                        }
                        _ => collect(value, found),
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    all().iter().for_each(|vector| collect(vector, &mut found));
    found
}

/// Decodes a string of hexadecimal digits.
pub(super) fn unhex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "odd number of digits: {digits}");
    (0..digits.len())
        .step_by(2)
        .map(|at| {
            u8::from_str_radix(&digits[at..at + 2], 16)
                .unwrap_or_else(|error| panic!("{error}: {digits}"))
        })
        .collect()
}

/// Encodes bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
