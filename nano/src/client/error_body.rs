//! The bodies of errors from a server, with the error flag and without it.

use bytes::Bytes;
use serde::Deserialize;

use crate::serializer::{Decoder, Serializer};
use crate::{Error, ErrorKind};

/// The body of a reply that is flagged as an error. Its metadata is skipped.
#[derive(Clone, PartialEq, Deserialize, prost::Message)]
struct ErrorBody {
    #[prost(string, tag = "1")]
    code: String,
    #[prost(string, tag = "2")]
    #[serde(default)]
    msg: String,
}

/// The body of an error for clients that do not know the flag.
///
/// A body with any other field is a success, even if it has a `code`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainBody {
    #[serde(rename = "code")]
    _status: u16,
    error: PlainError,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainError {
    code: String,
    msg: String,
}

/// Reads the error of a reply with the error flag.
pub(super) fn flagged(body: &Bytes, serializer: &dyn Serializer) -> Error {
    match Decoder::<ErrorBody>::both().read(body, serializer) {
        Ok(ErrorBody { code, msg }) => Error::reject(code, msg),
        Err(source) => Error::with_source(
            ErrorKind::Decode,
            format!("error reply of {} bytes could not be read", body.len()),
            source,
        ),
    }
}

/// Reads the error of a reply without a flag; `None` when the reply is a success.
pub(super) fn plain(body: &Bytes, serializer: &dyn Serializer) -> Option<Error> {
    if !serializer.is_json() {
        return None;
    }
    let PlainBody { error: PlainError { code, msg }, .. } = serde_json::from_slice(body).ok()?;
    Some(Error::reject(code, msg))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serializer::{Json, Protobuf};

    #[test]
    fn flagged_errors_come_in_the_serializers_format() {
        #[track_caller]
        fn check(serializer: &dyn Serializer, body: &'static [u8], expected: &str) {
            let error = flagged(&Bytes::from_static(body), serializer);
            assert_eq!(format!("{error:?}"), expected);
        }
        check(&Json, br#"{"code":"full","msg":"8 players"}"#, "full: 8 players (Rejected)");
        check(&Json, br#"{"code":"full","msg":"","metadata":null}"#, "full:  (Rejected)");
        check(&Json, br#"{"code":"full","metadata":{"a":"b"}}"#, "full:  (Rejected)");
        // Field 3 is the map {"a": "b"}.
        let protobuf = b"\x0a\x04full\x12\x098 players\x1a\x06\x0a\x01a\x12\x01b";
        check(&Protobuf, protobuf, "full: 8 players (Rejected)");

        let unreadable = flagged(&Bytes::from_static(b"{"), &Json);
        assert_eq!(unreadable.kind(), ErrorKind::Decode);
    }

    #[test]
    fn plain_errors_have_exactly_one_form() {
        #[track_caller]
        fn check(body: &'static str, expected: Option<&str>) {
            let error = plain(&Bytes::from_static(body.as_bytes()), &Json);
            assert_eq!(error.map(|error| error.to_string()).as_deref(), expected);
        }
        check(r#"{"code":500,"error":{"code":"full","msg":"8 players"}}"#, Some("full: 8 players"));
        check(r#"{"code":500,"error":{"code":"full","msg":"8"},"more":1}"#, None);
        check(r#"{"code":500,"error":{"code":"full"}}"#, None);
        check(r#"{"code":500}"#, None);
        check(r#"{"error":{"code":"full","msg":"8"}}"#, None);
        check(r#"[]"#, None);
        check("", None);

        let body = Bytes::from_static(br#"{"code":500,"error":{"code":"full","msg":"8"}}"#);
        assert!(plain(&body, &Protobuf).is_none());
    }
}
