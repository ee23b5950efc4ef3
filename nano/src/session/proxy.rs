//! The state of a session on nodes other than its own.

use serde_json::value::RawValue;

use super::users::UserTable;
use super::{Session, Uid};
use crate::{Error, ErrorKind, Result};

/// The part of a session that other nodes are told.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) uid: Option<Uid>,
    /// The values of the session's data.
    pub(crate) data: Vec<u8>,
}

impl Session {
    /// Returns the number of changes to user and data so far.
    pub(crate) fn version(&self) -> u64 {
        self.state().version
    }

    /// Returns user and data, and the number of changes to them so far.
    pub(crate) fn state_snapshot(&self) -> (Snapshot, u64) {
        let state = self.state();
        (Snapshot { uid: state.uid.clone(), data: state.snapshot() }, state.version)
    }

    /// Takes over user and data from the session's own node.
    ///
    /// # Errors
    ///
    /// Fails when the data cannot be read, or exceeds the limit of this node.
    pub(crate) fn take_over(&self, snapshot: Snapshot) -> Result<()> {
        self.restore_values(&snapshot.data)?;
        match snapshot.uid {
            Some(uid) => self.bind_here(uid, UserTable::add_kept),
            None => Ok(()),
        }
    }

    /// Stores a value that another node has encoded as JSON.
    ///
    /// # Errors
    ///
    /// Fails when it is no JSON, or the data would exceed the limit.
    pub(crate) fn set_encoded(&self, key: &str, json: String) -> Result<()> {
        let json = RawValue::from_string(json).map_err(|error| {
            Error::with_source(ErrorKind::Decode, format!("the value `{key}` is no JSON"), error)
        })?;
        self.set_value(key, json)
    }

    /// Removes a value for another node.
    pub(crate) fn unset(&self, key: &str) {
        self.unset_value(key);
    }

    /// Replaces all values for another node.
    ///
    /// # Errors
    ///
    /// Fails when the data cannot be read, or exceeds the limit.
    pub(crate) fn replace_values(&self, snapshot: &[u8]) -> Result<()> {
        self.restore_values(snapshot)
    }
}
