//! The body of messages: JSON of a chosen length, which means nothing to most peers.

use serde::{Deserialize, Serialize};

/// A small message of a game. Written again, it has the same bytes.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Payload {
    entity: u32,
    x: i32,
    y: i32,
    text: String,
}

impl Payload {
    /// The shortest body.
    pub(crate) const MIN: usize = 42;
    /// The longest body: packets of 64 KiB have to hold it.
    pub(crate) const MAX: usize = 60_000;

    /// A body of so many bytes.
    pub(crate) fn of_len(len: usize) -> Vec<u8> {
        let text = "x".repeat(len.saturating_sub(Self::MIN));
        let payload = Self { entity: 1207, x: -310, y: 455, text };
        serde_json::to_vec(&payload).expect("numbers and text have a JSON form")
    }
}
