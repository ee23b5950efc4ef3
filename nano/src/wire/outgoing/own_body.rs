//! The bodies that the framework writes itself: errors, and the reply of a handler without a value.

use bytes::{Buf, BufMut, BytesMut};
use prost::DecodeError;
use prost::encoding::{DecodeContext, WireType};
use serde::Serialize;

use crate::error::Told;
#[cfg(feature = "cluster")]
use crate::wire::UnflaggedErrors;
use crate::wire::Wire;
use crate::wire::dialect::Dialect;
use crate::wire::serializer::{SerializerError, Value};

/// Writes the reply of a handler without a value for JSON clients that announce nothing: pypomelo, libpomelo 0.3 and
/// clients in Java break on `null`.
pub(super) fn write_nothing(
    write: impl FnOnce(&mut BytesMut) -> Result<(), SerializerError>,
    out: &mut BytesMut,
) -> Result<(), SerializerError> {
    let start = out.len();
    write(out)?;
    // A type without size may have a text all the same: an enum of one variant is its name.
    if out.get(start..) == Some(b"null") {
        out.truncate(start);
        out.extend_from_slice(b"{}");
    }
    Ok(())
}

pub(super) fn write_error(
    wire: &Wire,
    dialect: Dialect,
    told: Told<'_>,
    out: &mut BytesMut,
) -> Result<(), SerializerError> {
    if wire.json && !dialect.error_flag {
        return write_plain_error(told, out);
    }
    let body = ErrorBody { code: told.code, msg: told.message, metadata: Metadata {} };
    wire.serializer.encode(Value::both(&body), out)
}

/// Returns the body of an error for a client that announces nothing; `None` where it could not tell it from a success.
#[cfg(feature = "cluster")]
pub(crate) fn unflagged_error(wire: &Wire, told: Told<'_>) -> Option<bytes::Bytes> {
    if !wire.json && wire.unflagged_errors == UnflaggedErrors::Withhold {
        return None;
    }
    let mut body = BytesMut::new();
    write_error(wire, Dialect::NANO, told, &mut body).ok()?;
    Some(body.freeze())
}

/// An error as `proto/error.proto` describes it.
///
/// [`prost::Message`] is not derived: the macro is built with another version of syn than all others, in each app.
#[derive(Debug, Default, Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    msg: &'a str,
    metadata: Metadata,
}

/// An empty map.
#[derive(Debug, Default, Serialize)]
struct Metadata {}

impl ErrorBody<'_> {
    /// The fields that are not empty, by their tags.
    fn fields(&self) -> impl Iterator<Item = (u32, &str)> {
        [(1, self.code), (2, self.msg)].into_iter().filter(|(_, text)| !text.is_empty())
    }
}

impl prost::Message for ErrorBody<'_> {
    fn encode_raw(&self, out: &mut impl BufMut) {
        for (tag, text) in self.fields() {
            prost::encoding::encode_key(tag, WireType::LengthDelimited, out);
            prost::encoding::encode_varint(text.len() as u64, out);
            out.put_slice(text.as_bytes());
        }
    }

    /// Skips the field: errors are only written.
    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        body: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        prost::encoding::skip_field(wire_type, tag, body, context)
    }

    fn encoded_len(&self) -> usize {
        let len = |(tag, text): (u32, &str)| {
            let head = prost::encoding::encoded_len_varint(text.len() as u64);
            prost::encoding::key_len(tag) + head + text.len()
        };
        self.fields().map(len).sum()
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Writes the error for a client that knows no error flag: a JSON object with a code that no success has.
fn write_plain_error(told: Told<'_>, out: &mut BytesMut) -> Result<(), SerializerError> {
    #[derive(Serialize)]
    struct Body<'a> {
        code: u16,
        error: Detail<'a>,
    }

    #[derive(Serialize)]
    struct Detail<'a> {
        code: &'a str,
        msg: &'a str,
    }

    let body = Body { code: 500, error: Detail { code: told.code, msg: told.message } };
    Value::serde(&body).write_json(out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use prost::Message as _;

    use super::*;

    /// The same message as prost generates it.
    #[derive(Clone, PartialEq, Serialize, prost::Message)]
    struct Generated {
        #[prost(string, tag = "1")]
        code: String,
        #[prost(string, tag = "2")]
        msg: String,
        #[prost(btree_map = "string, string", tag = "3")]
        metadata: BTreeMap<String, String>,
    }

    #[test]
    fn an_error_is_written_as_its_description_says() {
        let long = "the table is full, ".repeat(20);
        for (code, msg) in
            [("room_full", "8 players"), ("", ""), ("full", ""), ("", "x"), ("a", &long)]
        {
            let body = ErrorBody { code, msg, metadata: Metadata {} };
            let generated =
                Generated { code: code.to_owned(), msg: msg.to_owned(), metadata: BTreeMap::new() };
            assert_eq!(body.encode_to_vec(), generated.encode_to_vec(), "{code}: {msg}");
            let json = |text: serde_json::Result<String>| text.expect("it has a JSON form");
            assert_eq!(
                json(serde_json::to_string(&body)),
                json(serde_json::to_string(&generated)),
                "{code}: {msg}"
            );
        }
    }
}
