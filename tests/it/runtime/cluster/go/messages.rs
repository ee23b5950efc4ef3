//! The messages of Go nano, from its own `.proto` file, and its bytes from the vectors.

use prost::Message;
use serde_json::Value;

const GO_NANO: &str = include_str!("../../../../vectors/go-nano-cluster.jsonl");

#[derive(Clone, PartialEq, Message)]
pub(super) struct MemberInfo {
    #[prost(string, tag = "1")]
    pub(super) label: String,
    #[prost(string, tag = "2")]
    pub(super) address: String,
    #[prost(string, repeated, tag = "3")]
    pub(super) services: Vec<String>,
}

/// `RegisterRequest`, `HeartbeatRequest` and `NewMemberRequest`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct OfMember {
    #[prost(message, optional, tag = "1")]
    pub(super) info: Option<MemberInfo>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Registered {
    #[prost(message, repeated, tag = "1")]
    pub(super) members: Vec<MemberInfo>,
}

/// `UnregisterRequest` and `DelMemberRequest`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct OfAddress {
    #[prost(string, tag = "1")]
    pub(super) address: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Request {
    #[prost(string, tag = "1")]
    pub(super) gate: String,
    #[prost(int64, tag = "2")]
    pub(super) session: i64,
    #[prost(uint64, tag = "3")]
    pub(super) id: u64,
    #[prost(string, tag = "4")]
    pub(super) route: String,
    #[prost(bytes = "vec", tag = "5")]
    pub(super) data: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Notify {
    #[prost(string, tag = "1")]
    pub(super) gate: String,
    #[prost(int64, tag = "2")]
    pub(super) session: i64,
    #[prost(string, tag = "3")]
    pub(super) route: String,
    #[prost(bytes = "vec", tag = "4")]
    pub(super) data: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Response {
    #[prost(int64, tag = "1")]
    pub(super) session: i64,
    #[prost(uint64, tag = "2")]
    pub(super) id: u64,
    #[prost(bytes = "vec", tag = "3")]
    pub(super) data: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Push {
    #[prost(int64, tag = "1")]
    pub(super) session: i64,
    #[prost(string, tag = "2")]
    pub(super) route: String,
    #[prost(bytes = "vec", tag = "3")]
    pub(super) data: Vec<u8>,
}

/// `SessionClosedRequest` and `CloseSessionRequest`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct OfSession {
    #[prost(int64, tag = "1")]
    pub(super) session: i64,
}

impl MemberInfo {
    pub(super) fn new(label: &str, address: &str, services: &[&str]) -> Self {
        let services = services.iter().map(|name| (*name).to_owned()).collect();
        Self { label: label.to_owned(), address: address.to_owned(), services }
    }
}

/// Returns the request of the first call in a scenario that `note` is part of.
pub(super) fn vector<T: Message + Default>(scenario: &str, method: &str, note: &str) -> T {
    let line = GO_NANO.lines().find(|line| {
        let vector: Value = serde_json::from_str(line).expect("JSON");
        vector["scenario"] == scenario && vector["method"] == method && line.contains(note)
    });
    let line = line.unwrap_or_else(|| panic!("no {method} with `{note}` in {scenario}"));
    let vector: Value = serde_json::from_str(line).expect("JSON");
    let hex = vector["request"].as_str().expect("a request");
    let bytes: Vec<u8> = (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
        .collect();
    let message = T::decode(&bytes[..]).expect("a message");
    assert_eq!(message.encode_to_vec(), bytes, "the same bytes again");
    message
}
