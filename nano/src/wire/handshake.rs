//! The opening exchange: the client's announcement and the server's answer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::BytesMut;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Wire;
use super::dialect::{Dialect, Family};
use super::frame::{REASON, json_body, json_packet, whole_packet};
#[cfg(feature = "webtransport")]
use super::numbered;
use super::resume::{Answer, Return};
use crate::TraceParent;
use crate::codec::{PacketKind, text, zlib};
use crate::error::{CLIENT_TOO_OLD, Told};
use crate::{Error, ErrorKind};

/// The longest handshake in bytes. It is short because nothing is known of the client yet.
pub(crate) const LIMIT: usize = 8 * 1024;

/// The announcement of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) dialect: Dialect,
    pub(crate) resume: Return,
    /// The part of the client's library.
    pub(crate) sys: Map<String, Value>,
    /// The part of the application; `null` when there is none.
    pub(crate) user: Value,
}

/// A handshake that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    is_pitaya: bool,
    pub(crate) detail: String,
}

/// The packet's body of a refused handshake.
#[derive(Serialize)]
struct Refusal<'a> {
    code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<&'a str>,
    /// The code for programs: `code` has the few numbers that stock clients know.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
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
        let Value::Object(mut hello) = hello else {
            return Err(unreadable("the handshake is not a JSON object".into()));
        };
        let user = hello.remove("user").unwrap_or_default();
        let sys = match hello.remove("sys") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(sys)) => sys,
            Some(_) => return Err(unreadable("`sys` is not a JSON object".into())),
        };
        let (dialect, resume) = match sys.get("features") {
            Some(Value::Array(features)) => {
                let listed = |name: &str| features.iter().any(|feature| feature == name);
                let dialect = Dialect::native(listed("errors"), listed("zlib"));
                #[cfg(feature = "webtransport")]
                let dialect = Dialect { datagrams: listed(numbered::FEATURE), ..dialect };
                (dialect, Return::parse(&sys, features))
            }
            _ if sys.contains_key("libVersion") && sys.contains_key("platform") => {
                (Dialect::PITAYA, Return::Never)
            }
            _ => (Dialect::NANO, Return::Never),
        };
        Ok(Self { dialect, resume, sys, user })
    }

    /// Returns the trace that the client says its connection belongs to.
    pub(crate) fn trace(&self) -> Option<TraceParent> {
        TraceParent::parse(self.sys.get("traceparent")?.as_str()?.as_bytes())
    }

    /// Returns the packet that accepts the client, with the application's answer to `user`, and the one to a client
    /// that may come back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when the answer is longer than the packet limit.
    pub(crate) fn accept(
        &self,
        wire: &Wire,
        user: &Value,
        resume: Option<&Answer>,
    ) -> Result<BytesMut, Error> {
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
            user: &'a Value,
        }

        // Clients of pomelo read fields of it without a look.
        let nothing = Value::Object(Map::new());
        let user = if user.is_null() { &nothing } else { user };
        let (len, limit) = (json_body(user).len(), wire.packet_limit);
        if len > limit {
            let message = format!("the handshake's `user` has {len} bytes; {limit} are the limit");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        let offered = wire.offered();
        let dictionary = offered.as_deref().unwrap_or(&wire.dictionary);
        // Clients of other servers send numbers, or what such a server told them: no version of ours.
        let known = self.sys.get("dictVersion").and_then(Value::as_str);
        let known = known == Some(dictionary.version());
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
        let body = json_body(&Reply { code: 200, sys, user });
        // Pitaya's clients look for a zlib stream here, as their own server sends it.
        let is_deflated = self.dialect.family == Family::Pitaya;
        let deflated = if is_deflated { zlib::deflate(&body) } else { None };
        let body = deflated.as_deref().unwrap_or(&body);
        Ok(whole_packet(PacketKind::Handshake, body)?)
    }

    /// Returns the packet that refuses the client for a reason that it is told.
    pub(crate) fn refuse(&self, told: Told<'_>) -> BytesMut {
        let code = match (self.dialect.family, told.code) {
            (Family::Pitaya, _) => 400,
            (_, CLIENT_TOO_OLD) => 501,
            _ => 500,
        };
        let msg = told.message;
        let msg = msg.char_indices().nth(REASON).map_or(msg, |(end, _)| &msg[..end]);
        let refusal = Refusal { code, msg: Some(msg), error: Some(told.code) };
        json_packet(PacketKind::Handshake, &refusal)
    }

    /// Returns the packet that turns the client away, with the reason as a text; `None` for our own clients, which are
    /// told by the kick when to come back.
    pub(crate) fn turn_away(&self, text: &str) -> Option<BytesMut> {
        let code = match self.dialect.family {
            Family::Pitaya => 400,
            Family::Nano => 500,
            Family::Native => return None,
        };
        let refusal = Refusal { code, msg: Some(text), error: None };
        Some(json_packet(PacketKind::Handshake, &refusal))
    }
}

impl Unreadable {
    /// Returns the packet that refuses the client.
    pub(crate) fn refuse(&self) -> BytesMut {
        let code = if self.is_pitaya { 400 } else { 500 };
        json_packet(PacketKind::Handshake, &Refusal { code, msg: None, error: None })
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
            for field in ["dictVersion", "protoVersion", "type", "version", "rsa", "traceparent"] {
                let body = format!(r#"{{"sys":{{"{field}":{value}}},"user":{value}}}"#);
                let hello = Hello::parse(body.as_bytes());
                assert_eq!(hello.map(|hello| hello.dialect), Ok(Dialect::NANO), "{body}");
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
            let packet =
                Hello::parse(body.as_bytes()).expect("readable").turn_away("the server is full");
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
        assert_eq!(hello.map(|hello| hello.user["name"].clone()), Ok("\u{1f600}".into()));
    }
}
