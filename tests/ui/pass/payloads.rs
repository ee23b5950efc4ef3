//! Types that serde, prost, or both can handle, and raw bytes.

use std::collections::HashMap;

use bytes::Bytes;
use nano::{Reply, Result, component};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Text {
    text: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Wire {
    #[prost(string, tag = "1")]
    text: String,
}

#[derive(Clone, PartialEq, prost::Message, Deserialize, Serialize)]
struct Both {
    #[prost(string, tag = "1")]
    text: String,
}

struct Payloads;

#[component]
impl Payloads {
    #[handler]
    fn serde(&self, text: Text) -> Text {
        text
    }

    #[handler]
    async fn prost(&self, wire: Wire) -> Result<Wire> {
        Ok(wire)
    }

    #[handler]
    fn both(&self, both: Both, reply: Reply<Both>) {
        reply.send(both);
    }

    #[handler]
    fn raw(&self, body: Bytes) -> Bytes {
        body
    }

    #[handler]
    fn std(&self, (names, scores): (Vec<Option<String>>, HashMap<String, [u32; 3]>)) -> Box<str> {
        format!("{names:?}{scores:?}").into()
    }

    #[handler]
    fn unit(&self, nothing: ()) -> Result<()> {
        Ok(nothing)
    }
}

fn main() {}
