//! The body of messages: JSON or Protobuf of a chosen length, which means nothing to most peers.

use prost::Message as _;
use serde::{Deserialize, Serialize};

/// A small message of a game. Written again, it has the same bytes.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Payload {
    entity: u32,
    x: i32,
    y: i32,
    text: String,
}

/// The same message in Protobuf.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ProtobufPayload {
    #[prost(uint32, tag = "1")]
    entity: u32,
    #[prost(sint32, tag = "2")]
    x: i32,
    #[prost(sint32, tag = "3")]
    y: i32,
    #[prost(string, tag = "4")]
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

impl ProtobufPayload {
    /// A body of so many bytes.
    pub(crate) fn of_len(len: usize) -> Vec<u8> {
        // The larger entity takes the byte that no text fills where the text's length gets longer.
        let forms = [1207, 20_000].into_iter().flat_map(|entity| {
            let texts = len.saturating_sub(20)..len;
            texts.map(move |text| Self { entity, x: -310, y: 455, text: "x".repeat(text) })
        });
        let payload = forms.into_iter().find(|payload| payload.encoded_len() == len);
        payload.expect("the payload's least length is that of JSON").encode_to_vec()
    }
}
