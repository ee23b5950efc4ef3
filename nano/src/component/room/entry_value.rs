//! Values for `#[on(enter)]` hooks that come from other nodes.

use std::any::Any;

use serde::de::DeserializeOwned;

use super::Room;
use crate::{Error, ErrorKind, Result};

/// The reading of a value that another node has sent for the `#[on(enter)]` hook.
pub(super) type ReadEntry<R> = fn(&[u8]) -> Result<<R as Room>::Entry>;

/// Reads the value of rooms that take none.
pub(super) fn read_nothing<R: Room>(_: &[u8]) -> Result<R::Entry> {
    let nothing: Box<dyn Any> = Box::new(());
    nothing.downcast::<R::Entry>().map(|value| *value).map_err(|_| {
        let text = format!(
            "the rooms `{}` are entered with a value, which does not come from other nodes: call \
             `RoomType::entry_from_nodes`",
            R::NAME
        );
        Error::new(ErrorKind::Config, text)
    })
}

/// Reads a value from JSON.
pub(super) fn read_json<R: Room<Entry: DeserializeOwned>>(value: &[u8]) -> Result<R::Entry> {
    serde_json::from_slice(value).map_err(|error| {
        let text = format!("the value for the rooms `{}` does not decode", R::NAME);
        Error::with_source(ErrorKind::Decode, text, error)
    })
}
