//! The serialisable values of one session, by key.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Error, ErrorKind, Result};

/// The number of the format of snapshots.
const VERSION: u32 = 1;

/// Values as JSON text, by key, bounded in size.
#[derive(Default)]
pub(super) struct Values {
    values: BTreeMap<String, Arc<RawValue>>,
    /// The length of all keys and values.
    bytes: usize,
}

/// The values as bytes: an object with the number of its format.
#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    values: BTreeMap<&'a str, &'a RawValue>,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize)]
struct Read {
    values: BTreeMap<String, Box<RawValue>>,
}

impl Values {
    pub(super) fn get(&self, key: &str) -> Option<Arc<RawValue>> {
        self.values.get(key).cloned()
    }

    /// Stores a value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when all would exceed `limit`; nothing has changed then.
    pub(super) fn set(&mut self, key: &str, value: Box<RawValue>, limit: usize) -> Result<()> {
        let before = self.values.get(key).map_or(0, |old| size(key, old));
        let bytes = self.bytes - before + size(key, &value);
        if bytes > limit {
            return Err(too_large(format_args!("with `{key}`"), bytes, limit));
        }
        self.bytes = bytes;
        self.values.insert(key.to_owned(), value.into());
        Ok(())
    }

    pub(super) fn remove(&mut self, key: &str) -> bool {
        let removed = self.values.remove(key);
        self.bytes -= removed.as_ref().map_or(0, |value| size(key, value));
        removed.is_some()
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.values.keys().cloned().collect()
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let values = self.values.iter().map(|(key, value)| (key.as_str(), &**value)).collect();
        // Names are text and values are JSON: there is nothing that could fail.
        serde_json::to_vec(&Written { version: VERSION, values }).unwrap_or_default()
    }

    /// Reads what [`write`](Self::write) wrote.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] when the bytes are no snapshot, or one of another version; [`ErrorKind::TooLarge`] when
    /// the values exceed `limit`.
    pub(super) fn read(bytes: &[u8], limit: usize) -> Result<Self> {
        let malformed = |error| {
            let message = "the bytes are no snapshot of a session's data";
            Error::with_source(ErrorKind::Internal, message, error)
        };
        let Version { version } = serde_json::from_slice(bytes).map_err(malformed)?;
        if version != VERSION {
            let message = format!(
                "the snapshot of a session's data has version {version}, and this server reads \
                 version {VERSION}: it was written by another release"
            );
            return Err(Error::new(ErrorKind::Internal, message));
        }
        let Read { values } = serde_json::from_slice(bytes).map_err(malformed)?;
        let bytes = values.iter().map(|(key, value)| size(key, value)).sum();
        if bytes > limit {
            return Err(too_large(format_args!("in the snapshot"), bytes, limit));
        }
        let values = values.into_iter().map(|(key, value)| (key, value.into())).collect();
        Ok(Self { values, bytes })
    }
}

fn size(key: &str, value: &RawValue) -> usize {
    key.len() + value.get().len()
}

fn too_large(what: std::fmt::Arguments<'_>, bytes: usize, limit: usize) -> Error {
    let message = format!(
        "the data of the session {what} takes {bytes} bytes, and {limit} are allowed (App::session_data_limit)"
    );
    Error::new(ErrorKind::TooLarge, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("JSON")
    }

    #[test]
    fn the_size_is_that_of_keys_and_values() {
        let mut values = Values::default();
        let mut check = |change: &dyn Fn(&mut Values) -> bool, is_done: bool, bytes: usize| {
            assert_eq!((change(&mut values), values.bytes), (is_done, bytes));
        };
        check(&|values| values.set("ab", json("123"), 10).is_ok(), true, 5);
        check(&|values| values.set("cd", json("12345"), 10).is_ok(), false, 5);
        check(&|values| values.set("ab", json("12345678"), 10).is_ok(), true, 10);
        check(&|values| values.set("ab", json("123456789"), 10).is_ok(), false, 10);
        check(&|values| values.set("ab", json("1"), 10).is_ok(), true, 3);
        check(&|values| values.remove("cd"), false, 3);
        check(&|values| values.remove("ab"), true, 0);
    }

    #[test]
    fn a_snapshot_is_read_by_its_version_alone() {
        let mut values = Values::default();
        values.set("a \"key\"", json(r#"{"x":[1,null]}"#), 100).expect("room");
        let written = values.write();
        assert_eq!(
            String::from_utf8_lossy(&written),
            r#"{"version":1,"values":{"a \"key\"":{"x":[1,null]}}}"#
        );
        let read = Values::read(&written, 100).expect("a snapshot");
        assert_eq!((read.write(), read.bytes), (written.clone(), values.bytes));

        let check = |bytes: &[u8], limit, kind, text: &str| {
            let error = Values::read(bytes, limit).err().expect("an error");
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.message().contains(text), "{error}");
        };
        check(&written, 10, ErrorKind::TooLarge, "in the snapshot takes 21 bytes, and 10 are");
        check(br#"{"version":2,"all":0}"#, 100, ErrorKind::Internal, "has version 2, and");
        check(br#"{"version":1}"#, 100, ErrorKind::Internal, "no snapshot");
        check(b"\xff", 100, ErrorKind::Internal, "no snapshot");
        check(b"", 100, ErrorKind::Internal, "no snapshot");
    }
}
