//! The opening exchange: the client's announcement and the server's answer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::BytesMut;
use serde::Serialize;
use serde_json::Value;

use super::Wire;
use super::dialect::{Dialect, Family};
use super::frame::{json_body, json_packet, whole_packet};
use super::resume::{Answer, Return};
use crate::codec::{PacketKind, text, zlib};

/// The longest handshake in bytes. It is short because nothing is known of the client yet.
pub(crate) const LIMIT: usize = 8 * 1024;

/// The announcement of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) dialect: Dialect,
    pub(crate) resume: Return,
    dict_version: Option<String>,
}

/// A handshake that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    is_pitaya: bool,
    pub(crate) detail: String,
}

impl Hello {
    /// Reads the client's packet. An empty body is legal: Go nano's own client sends one.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        let unreadable = |detail| Unreadable { is_pitaya: names_pitaya(body), detail };
        if body.is_empty() {
            return Ok(Self::default());
        }
        let text = text::repair_surrogates(body).map_or(Cow::Borrowed(body), Cow::Owned);
        let hello: Value =
            serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
        let Value::Object(hello) = hello else {
            return Err(unreadable("the handshake is not a JSON object".into()));
        };
        let sys = match hello.get("sys") {
            None | Some(Value::Null) => {
                return Ok(Self::default());
            }
            Some(Value::Object(sys)) => sys,
            Some(_) => return Err(unreadable("`sys` is not a JSON object".into())),
        };
        let (dialect, resume) = match sys.get("features") {
            Some(Value::Array(features)) => {
                let listed = |name: &str| features.iter().any(|feature| feature == name);
                let dialect = Dialect::native(listed("errors"), listed("zlib"));
                (dialect, Return::parse(sys, features))
            }
            _ if sys.contains_key("libVersion") && sys.contains_key("platform") => {
                (Dialect::PITAYA, Return::Never)
            }
            _ => (Dialect::NANO, Return::Never),
        };
        // Clients of other servers send numbers, or what such a server told them: no version of ours.
        let dict_version = sys.get("dictVersion").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { dialect, resume, dict_version })
    }

    /// Returns the packet that accepts the client, with the answer to one that may come back.
    pub(crate) fn accept(&self, wire: &Wire, resume: Option<&Answer>) -> BytesMut {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Sys<'a> {
            heartbeat: u64,
            #[serde(rename = "servertime")]
            server_time: u64,
            #[serde(skip_serializing_if = "Option::is_none")]
            dict: Option<&'a BTreeMap<&'static str, u16>>,
            dict_version: &'a str,
            serializer: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            resume: Option<&'a Answer>,
        }

        #[derive(Serialize)]
        struct Reply<'a> {
            code: u16,
            sys: Sys<'a>,
            user: BTreeMap<(), ()>,
        }

        let dictionary = &wire.dictionary;
        let known = self.dict_version.as_deref() == Some(dictionary.version());
        let server_time =
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let sys = Sys {
            heartbeat: wire.heartbeat,
            server_time,
            dict: Some(dictionary.codes()).filter(|codes| !known && !codes.is_empty()),
            dict_version: dictionary.version(),
            serializer: wire.serializer.name(),
            resume,
        };
        let body = json_body(&Reply { code: 200, sys, user: BTreeMap::new() });
        // Pitaya's clients look for a zlib stream here, as their own server sends it.
        let is_deflated = self.dialect.family == Family::Pitaya;
        let deflated = if is_deflated { zlib::deflate(&body) } else { None };
        whole_packet(PacketKind::Handshake, deflated.as_deref().unwrap_or(&body))
    }
}

impl Hello {
    /// Returns the packet that turns the client away, because there is no room for it; `None` for our own clients,
    /// which are told by the kick when to come back.
    pub(crate) fn turn_away(&self) -> Option<BytesMut> {
        #[derive(Serialize)]
        struct TurnedAway {
            code: u16,
            msg: &'static str,
        }
        let code = match self.dialect.family {
            Family::Pitaya => 400,
            Family::Nano => 500,
            Family::Native => return None,
        };
        let refusal = TurnedAway { code, msg: "the server is full" };
        Some(json_packet(PacketKind::Handshake, &refusal))
    }
}

impl Unreadable {
    /// Returns the packet that refuses the client.
    pub(crate) fn refuse(&self) -> BytesMut {
        #[derive(Serialize)]
        struct Refusal {
            code: u16,
        }
        let code = if self.is_pitaya { 400 } else { 500 };
        json_packet(PacketKind::Handshake, &Refusal { code })
    }
}

/// Finds the words by which clients of pitaya announce themselves in a body that cannot be read.
fn names_pitaya(body: &[u8]) -> bool {
    [&b"\"libVersion\""[..], b"\"platform\""]
        .iter()
        .all(|word| body.windows(word.len()).any(|part| part == *word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialect_follows_what_the_client_announces() {
        let check = |body: &str, expected: Dialect| {
            let hello = Hello::parse(body.as_bytes()).unwrap_or_else(|e| panic!("{body}: {e:?}"));
            assert_eq!(hello.dialect, expected, "{body}");
        };
        check("", Dialect::NANO);
        check("{}", Dialect::NANO);
        check(r#"{"sys":null,"user":null}"#, Dialect::NANO);
        check(r#"{"sys":{"type":"js-websocket","version":"0.0.1","rsa":{}}}"#, Dialect::NANO);
        check(r#"{"sys":{"type":"somebody new","version":7}}"#, Dialect::NANO);
        check(r#"{"sys":{"libVersion":"0.3.5"}}"#, Dialect::NANO);
        check(r#"{"sys":{"libVersion":"0.3.5","platform":"mac"}}"#, Dialect::PITAYA);
        check(r#"{"sys":{"features":"errors"}}"#, Dialect::NANO);
        check(r#"{"sys":{"features":[]}}"#, Dialect::native(false, false));
        check(r#"{"sys":{"features":["errors"]}}"#, Dialect::native(true, false));
        check(r#"{"sys":{"features":["zlib"]}}"#, Dialect::native(false, true));
        check(r#"{"sys":{"features":["zlib","errors",1]}}"#, Dialect::native(true, true));
    }

    #[test]
    fn fields_of_another_type_are_no_error() {
        for value in ["1", "true", "null", "[]", "{}", "1.5"] {
            for field in ["dictVersion", "protoVersion", "type", "version", "rsa", "heartbeat"] {
                let body = format!(r#"{{"sys":{{"{field}":{value}}},"user":{value}}}"#);
                let hello = Hello::parse(body.as_bytes());
                assert_eq!(hello, Ok(Hello::default()), "{body}");
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_code_of_its_dialect() {
        let check = |body: &[u8], code: &str| {
            let refusal = Hello::parse(body).expect_err("unreadable").refuse();
            assert_eq!(&refusal[4..], format!("{{\"code\":{code}}}").as_bytes());
        };
        check(b"{", "500");
        check(b"[]", "500");
        check(b"\xff", "500");
        check(br#"{"sys":1}"#, "500");
        check(br#"{"sys":{"libVersion":"1","platform":"x"},"user":{"#, "400");
        check(br#"{"sys":{"libVersion":"1"},"user":{"#, "500");
        check("[".repeat(8000).as_bytes(), "500");
    }

    #[test]
    fn those_without_a_place_are_told_so_in_their_dialect() {
        let turned_away = |body: &str| {
            let packet = Hello::parse(body.as_bytes()).expect("readable").turn_away();
            packet.map(|packet| String::from_utf8_lossy(&packet[4..]).into_owned())
        };
        let full = |code| Some(format!(r#"{{"code":{code},"msg":"the server is full"}}"#));
        assert_eq!(turned_away(""), full(500));
        assert_eq!(turned_away(r#"{"sys":{"type":"js-websocket"}}"#), full(500));
        assert_eq!(turned_away(r#"{"sys":{"libVersion":"1","platform":"mac"}}"#), full(400));
        assert_eq!(turned_away(r#"{"sys":{"features":[]}}"#), None);
    }

    #[test]
    fn text_of_stock_js_clients_is_repaired() {
        let hello = Hello::parse(b"{\"user\":{\"name\":\"\xed\xa0\xbd\xed\xb8\x80\"}}");
        assert_eq!(hello.map(|hello| hello.dialect), Ok(Dialect::NANO));
    }
}
