//! The data that a session carries wherever it goes.

use std::fmt;
use std::str;

use bytes::BytesMut;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::owner::DataChange;
use super::values::Values;
use super::{Session, State};
use crate::serializer::{Json, Serializer, SerializerError, Value};
use crate::{Error, ErrorKind, Result};

/// The serialisable values of a session, from [`Session::data`].
///
/// Each has a key, and any type that serde writes and reads. Unlike the typed store ([`Session::insert`]), they can go
/// where the session goes; [`users`](crate::users) compares the two. They are encoded when they are set, and all together
/// are bounded by [`App::session_data_limit`](crate::App::session_data_limit).
///
/// # Examples
///
/// ```
/// use nano::{component, Result, Session};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, Serialize)]
/// struct Profile { name: String, level: u32 }
///
/// #[derive(Default)]
/// struct Game;
///
/// #[component]
/// impl Game {
///     #[handler]
///     fn enter(&self, session: &Session, name: String) -> Result<()> {
///         session.data().set("profile", &Profile { name, level: 1 })
///     }
///
///     #[handler]
///     fn level(&self, session: &Session) -> Result<Option<u32>> {
///         let profile: Option<Profile> = session.data().get("profile")?;
///         Ok(profile.map(|profile| profile.level))
///     }
/// }
/// ```
pub struct SessionData<'a>(&'a Session);

impl Session {
    /// The serialisable values of the session, by key. They stay until the session's last hook has run.
    pub fn data(&self) -> SessionData<'_> {
        SessionData(self)
    }
}

impl SessionData<'_> {
    /// Returns the value of this key; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] when the value was stored as another type, which no `T` can be read from.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let stored = self.0.state().values.as_ref().and_then(|values| values.get(key));
        // Without the lock: it is the application's code.
        let read = stored.map(|json| serde_json::from_str(json.get())).transpose();
        read.map_err(|error| {
            let type_name = std::any::type_name::<T>();
            let message = format!("the session's value `{key}` cannot be read as {type_name}");
            Error::with_source(ErrorKind::Internal, message, error)
        })
    }

    /// Stores a value by this key, in place of one that is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`] when JSON cannot represent the value; [`ErrorKind::TooLarge`] when the session's keys and
    /// values would take more than [`App::session_data_limit`](crate::App::session_data_limit) bytes. The value that was
    /// there stays.
    pub fn set<T: Serialize>(&self, key: &str, value: &T) -> Result<()> {
        let json = encode(value).map_err(|error| {
            let message = format!("the session's value `{key}` does not encode");
            Error::with_source(ErrorKind::Encode, message, error)
        })?;
        self.0.set_value(key, json)?;
        if let Some(owner) = self.0.link().owner()
            && let Some(json) = self.0.state().values.as_ref().and_then(|values| values.get(key))
        {
            owner.change(DataChange::Set(key, json.get()));
        }
        Ok(())
    }

    /// Removes the value of this key; returns `false` when there was none.
    pub fn remove(&self, key: &str) -> bool {
        let removed = self.0.unset_value(key);
        if let Some(owner) = self.0.link().owner().filter(|_| removed) {
            owner.change(DataChange::Unset(key));
        }
        removed
    }

    /// Returns the keys of all values, in alphabetical order.
    pub fn keys(&self) -> Vec<String> {
        self.0.state().values.as_ref().map(|values| values.keys()).unwrap_or_default()
    }

    /// Returns all values as bytes, for [`restore`](Self::restore).
    ///
    /// The bytes are JSON with the number of their format: `{"version":1,"values":{"level":7}}`.
    pub fn snapshot(&self) -> Vec<u8> {
        self.0.state().snapshot()
    }

    /// Replaces all values by those of a snapshot, of this session or another one. What the values are read as is
    /// found out by [`get`](Self::get): the snapshot does not know their types.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] when the bytes are no snapshot, or one in the format of another release;
    /// [`ErrorKind::TooLarge`] when the values exceed
    /// [`App::session_data_limit`](crate::App::session_data_limit). The values that were there stay.
    pub fn restore(&self, snapshot: &[u8]) -> Result<()> {
        self.0.restore_values(snapshot)?;
        if let Some(owner) = self.0.link().owner() {
            owner.change(DataChange::Restore(snapshot));
        }
        Ok(())
    }
}

/// The values of this node.
impl Session {
    pub(super) fn set_value(&self, key: &str, json: Box<RawValue>) -> Result<()> {
        let limit = self.0.common.data_limit;
        let mut state = self.state();
        state.values.get_or_insert_default().set(key, json, limit)?;
        state.changed();
        Ok(())
    }

    pub(super) fn unset_value(&self, key: &str) -> bool {
        let mut state = self.state();
        state.changed();
        state.values.as_mut().is_some_and(|values| values.remove(key))
    }

    pub(super) fn restore_values(&self, snapshot: &[u8]) -> Result<()> {
        let values = Values::read(snapshot, self.0.common.data_limit)?;
        let mut state = self.state();
        state.values = Some(Box::new(values));
        state.changed();
        Ok(())
    }
}

impl State {
    pub(super) fn snapshot(&self) -> Vec<u8> {
        self.values.as_ref().map_or_else(|| Values::default().write(), |values| values.write())
    }

    /// Notes a change that other nodes are to be told of.
    pub(super) fn changed(&mut self) {
        #[cfg(feature = "cluster")]
        {
            self.version += 1;
        }
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Box<RawValue>, SerializerError> {
    let mut json = BytesMut::new();
    Json.encode(Value::serde(value), &mut json)?;
    Ok(RawValue::from_string(str::from_utf8(&json)?.to_owned())?)
}

impl fmt::Debug for SessionData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secret.
        f.debug_struct("SessionData").field("keys", &self.keys()).finish_non_exhaustive()
    }
}
