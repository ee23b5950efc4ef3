//! The reason in a kick.

use serde::Deserialize;

#[derive(Deserialize)]
struct Kick {
    reason: String,
}

/// Reads the reason of a kick; a body in another form is the reason itself.
pub(super) fn reason(body: &[u8]) -> String {
    match serde_json::from_slice(body) {
        Ok(Kick { reason }) => reason,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn reasons_are_read_from_any_body() {
        #[track_caller]
        fn check(body: &[u8], expected: &str) {
            assert_eq!(super::reason(body), expected);
        }
        check(br#"{"reason":"shutdown"}"#, "shutdown");
        check(b"", "");
        check(b"bye", "bye");
        check(br#"{"code":1}"#, r#"{"code":1}"#);
        check(b"\xff", "\u{fffd}");
    }
}
