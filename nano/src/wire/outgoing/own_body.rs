//! The bodies that the framework writes itself: errors, and the reply of a handler without a value.

use bytes::BytesMut;
use serde::Serialize;

use crate::error::Told;
use crate::proto;
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
    let body = proto::Error {
        code: told.code.to_owned(),
        msg: told.message.to_owned(),
        metadata: Default::default(),
    };
    wire.serializer.encode(Value::both(&body), out)
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
