//! Handlers whose payloads have something of everything that serializers read.

use std::collections::BTreeMap;

use bytes::Bytes;
use nano::component;
use serde::{Deserialize, Serialize};

/// A message of both formats.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
pub struct Both {
    #[prost(string, tag = "1")]
    #[serde(default)]
    pub name: String,
    #[prost(sint64, tag = "2")]
    #[serde(default)]
    pub number: i64,
    #[prost(double, tag = "3")]
    #[serde(default)]
    pub real: f64,
    #[prost(message, optional, boxed, tag = "4")]
    pub inner: Option<Box<Both>>,
    #[prost(message, repeated, tag = "5")]
    #[serde(default)]
    pub list: Vec<Both>,
    #[prost(btree_map = "string, bytes", tag = "6")]
    #[serde(default)]
    pub map: BTreeMap<String, Vec<u8>>,
    #[prost(uint32, repeated, tag = "7")]
    #[serde(default)]
    pub packed: Vec<u32>,
}

/// The component of the server.
pub struct Payloads;

#[component]
impl Payloads {
    /// Decodes a message and encodes it again.
    #[handler]
    fn both(&self, message: Both) -> Both {
        message
    }

    /// Takes the bytes as they are.
    #[handler]
    fn bytes(&self, body: Bytes) -> Bytes {
        body
    }

    /// Takes nothing, whatever was sent.
    #[handler]
    fn nothing(&self) {}
}
