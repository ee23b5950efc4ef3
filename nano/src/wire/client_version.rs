//! The version of a client, and the lowest that an app serves.

use semver::Version;
use serde_json::{Map, Value};

use crate::{Error, ErrorKind};

/// The longest part of a client's version that it is told again, in characters.
const SHOWN: usize = 32;

/// Returns the version that a client announces in `sys`. Clients of pitaya send that of the application as
/// `clientVersion`.
pub(crate) fn announced(sys: &Map<String, Value>) -> Option<&str> {
    let version = |field: &str| sys.get(field).and_then(Value::as_str);
    version("clientVersion").or_else(|| version("version"))
}

/// Reads a version of one to three numbers, such as `2.1`, with what semantic versioning allows behind three.
pub(crate) fn parse(text: &str) -> Result<Version, semver::Error> {
    let text = text.trim().trim_start_matches('v');
    match text.bytes().filter(|byte| *byte == b'.').count() {
        0 => Version::parse(&format!("{text}.0.0")),
        1 => Version::parse(&format!("{text}.0")),
        _ => Version::parse(text),
    }
}

/// Checks that a client is not older than `min`.
///
/// # Errors
///
/// [`ErrorKind::ClientTooOld`] when it is, and when it announces no version that can be read.
pub(crate) fn check(sys: &Map<String, Value>, min: &Version) -> Result<(), Error> {
    let told = announced(sys);
    if told.and_then(|text| parse(text).ok()).is_some_and(|version| version >= *min) {
        return Ok(());
    }
    let shown: String = told.unwrap_or("unknown").chars().take(SHOWN).collect();
    let message = format!("the version of the client is {shown}, and has to be {min} at least");
    Err(Error::new(ErrorKind::ClientTooOld, message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn clients_are_compared_by_the_version_that_they_announce() {
        let min = parse("1.4").expect("a version");
        let check = |sys: Value, expected: Result<(), &str>| {
            let Value::Object(sys) = sys else { panic!("{sys} is no object") };
            let checked = check(&sys, &min).map_err(|error| error.message().to_owned());
            let text = |version| {
                format!("the version of the client is {version}, and has to be 1.4.0 at least")
            };
            assert_eq!(checked, expected.map_err(text), "{sys:?}");
        };
        check(json!({ "version": "1.4.0" }), Ok(()));
        check(json!({ "version": "1.10" }), Ok(()));
        check(json!({ "version": "v2" }), Ok(()));
        check(json!({ "version": "1.4.0+build.7" }), Ok(()));
        check(json!({ "version": "1.3.9" }), Err("1.3.9"));
        check(json!({ "version": "1.4.0-beta" }), Err("1.4.0-beta"));
        check(json!({}), Err("unknown"));
        check(json!({ "version": 2 }), Err("unknown"));
        check(json!({ "version": "latest" }), Err("latest"));
        check(json!({ "version": "9".repeat(100) }), Err(&"9".repeat(SHOWN)));
        // Pitaya's clients send the version of their library as well.
        let pitaya = |version| json!({ "libVersion": "0.3.5-release", "clientVersion": version });
        check(pitaya("1.4"), Ok(()));
        check(pitaya("1.3"), Err("1.3"));
    }
}
