//! The messages that a raw client receives.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::Value;

use crate::codec::{Message, MessageKind, Route};

/// A message from the server, with nothing interpreted but the frame and the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// A response or a push, from a server that keeps to the protocol.
    pub kind: MessageKind,
    /// The id of the request that a response belongs to; 0 for a push.
    pub id: u64,
    /// The name of the route, which is looked up in the dictionary of the handshake if it came as a code. Empty for
    /// a response.
    pub route: String,
    /// The code of the route, if it was sent as a code.
    pub code: Option<u16>,
    /// `true` if the body is a zlib stream.
    pub compressed: bool,
    /// `true` if the body is an error.
    pub error: bool,
    /// The body, as it came.
    pub body: Bytes,
}

impl Received {
    /// Decodes the body of a data packet.
    pub(super) fn decode(body: &Bytes, routes: &HashMap<u16, String>) -> Self {
        let message = Message::decode(body)
            .unwrap_or_else(|error| panic!("expected a message, but {error}: {body:?}"));
        let Message { kind, id, route, compressed, error, body } = message;
        let (route, code) = match route {
            Route::None => (String::new(), None),
            Route::Name(name) => (name.to_owned(), None),
            Route::Code(code) => match routes.get(&code) {
                Some(name) => (name.clone(), Some(code)),
                None => panic!("expected a known route, got code {code}: not in the dictionary"),
            },
        };
        Self { kind, id, route, code, compressed, error, body }
    }

    /// Returns the body as JSON.
    ///
    /// # Panics
    ///
    /// Panics when the body is not JSON.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(mut client: nano::testing::RawClient) {
    /// client.request(1, "math.add", "[1,2]").await;
    /// assert_eq!(client.message().await.json(), 3);
    /// # }
    /// ```
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("expected a body in json, but {error}: {:?}", self.body))
    }
}
