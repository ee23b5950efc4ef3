//! The opening of a connection: the client's announcement and the server's answer.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::codec::{PacketDecoder, PacketKind, zlib};
use crate::{Error, ErrorKind, Result};

use super::io::{Event, Io};
use super::kick::Kick;
use super::transport::Transport;

/// The longest heartbeat interval in seconds; a longer one from the server is shortened to it.
const MAX_HEARTBEAT: f64 = 24.0 * 60.0 * 60.0;

/// The shortest one: a server cannot make a client send more often.
const MIN_HEARTBEAT: f64 = 1.0;

/// The longest time in seconds for which a client tries to come back.
const MAX_WINDOW: u64 = 24 * 60 * 60;

/// The largest reply in bytes. It holds the dictionary, for which servers have no limit.
const LIMIT: usize = 1024 * 1024;

/// The server's answer.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    pub(super) reply: Value,
    pub(super) dictionary: Dictionary,
    /// The interval of heartbeats in both directions; `None` when the server asks for none.
    pub(super) heartbeat: Option<Duration>,
    /// The offer of a server that lets its clients come back.
    pub(super) resume: Option<Offer>,
}

/// The codes that stand for routes, in both directions.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    pub(super) codes: BTreeMap<String, u16>,
    routes: HashMap<u16, String>,
}

impl Dictionary {
    pub(super) fn route(&self, code: u16) -> Option<&str> {
        self.routes.get(&code).map(String::as_str)
    }
}

/// Sends `request` and waits for the reply.
pub(super) async fn handshake<T: Transport>(io: &mut Io<T>, request: &Value) -> Result<Handshake> {
    let decoder = PacketDecoder::new(LIMIT);
    io.send(PacketKind::Handshake, request.to_string().as_bytes())?;
    loop {
        while let Some(packet) = io.decode(decoder)? {
            match packet.kind {
                PacketKind::Handshake => return Handshake::read(&packet.body),
                PacketKind::Kick => return Err(kicked(Kick::read(&packet.body))),
                PacketKind::Heartbeat => {}
                PacketKind::HandshakeAck | PacketKind::Data => {
                    let text = format!("{:?} packet before the handshake", packet.kind);
                    return Err(Error::new(ErrorKind::Protocol, text));
                }
            }
        }
        match poll_fn(|cx| io.poll(cx)).await? {
            Event::Read | Event::Written => {}
            Event::Ended => {
                let text = "connection closed by the server during the handshake";
                return Err(Error::new(ErrorKind::Closed, text));
            }
        }
    }
}

/// The error of a handshake that is answered with a kick.
fn kicked(Kick { reason, reconnect_in }: Kick) -> Error {
    match reconnect_in {
        None => Error::reject("kicked", reason),
        Some(_) => Error::new(ErrorKind::Closed, format!("kicked by the server: {reason}")),
    }
}

/// The error of a handshake that is answered with another code than 200: the server's own code and text, if it has
/// them. A fault of the server is no refusal.
fn refused(code: u64, reply: &Value) -> Error {
    let text = |field: &str| reply.get(field).and_then(Value::as_str);
    let message = match text("msg") {
        Some(message) => message.to_owned(),
        None => format!("server refused the handshake with code {code}"),
    };
    match text("error") {
        Some("internal" | "timeout") => {
            Error::new(ErrorKind::Closed, format!("the handshake failed on the server: {message}"))
        }
        Some(error) => Error::reject(error.to_owned(), message),
        None => Error::reject(code.to_string(), message),
    }
}

impl Handshake {
    fn read(body: &Bytes) -> Result<Self> {
        let inflated;
        let json = match body.first() {
            // The first byte of a zlib stream, which no JSON text starts with.
            Some(0x78) => {
                inflated = zlib::inflate(body, LIMIT).map_err(unreadable)?;
                &inflated
            }
            _ => body,
        };
        let reply: Value = serde_json::from_slice(json).map_err(unreadable)?;
        match reply.get("code").and_then(Value::as_u64) {
            Some(200) => {}
            Some(code) => return Err(refused(code, &reply)),
            None => return Err(unreadable("it has no code")),
        }
        let sys = reply.get("sys").unwrap_or(&Value::Null);
        let dictionary = sys.get("dict").map(Dictionary::read).transpose()?.unwrap_or_default();
        let heartbeat = sys.get("heartbeat").and_then(interval);
        let resume = sys.get("resume").and_then(Offer::read);
        Ok(Self { dictionary, heartbeat, resume, reply })
    }

    /// Fails when the server names another serializer, because each message would fail later with a less clear
    /// error. Servers that name no serializer are accepted.
    pub(super) fn check_serializer(&self, ours: &str) -> Result<()> {
        match self.reply["sys"]["serializer"].as_str() {
            Some(theirs) if theirs != ours => {
                let text = format!("server speaks {theirs}, the client's serializer is {ours}");
                Err(Error::new(ErrorKind::Config, text))
            }
            _ => Ok(()),
        }
    }
}

/// The offer of a server that lets its clients come back.
#[derive(Clone)]
pub(super) struct Offer {
    /// The secret of the session.
    pub(super) token: String,
    /// The time for which a lost session waits.
    pub(super) window: Duration,
    /// The number of data packets that the server took in, if this client is back in its session.
    pub(super) received: Option<u64>,
}

impl Offer {
    fn read(resume: &Value) -> Option<Self> {
        Some(Self {
            token: resume["token"].as_str()?.to_owned(),
            window: Duration::from_secs(resume["window"].as_u64()?.min(MAX_WINDOW)),
            received: resume["received"].as_u64(),
        })
    }
}

/// Shows nothing of the secret.
impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").field("window", &self.window).finish_non_exhaustive()
    }
}

impl Dictionary {
    fn read(dict: &Value) -> Result<Self> {
        let mut dictionary = Self::default();
        let entries = match dict {
            Value::Null => return Ok(dictionary),
            Value::Object(entries) => entries,
            _ => return Err(unreadable("its dictionary is not an object")),
        };
        for (route, code) in entries {
            let code =
                code.as_u64().and_then(|code| u16::try_from(code).ok()).ok_or_else(|| {
                    unreadable(format!("code {code} of {route:?} is not within 0 to 65535"))
                })?;
            // Zero means "no code" to some peers, so it is read but never written.
            if code > 0 {
                dictionary.codes.insert(route.clone(), code);
            }
            dictionary.routes.insert(code, route.clone());
        }
        Ok(dictionary)
    }
}

/// Reads a number of seconds; `None` when no heartbeats are wanted.
fn interval(seconds: &Value) -> Option<Duration> {
    let seconds = seconds.as_f64().filter(|seconds| *seconds > 0.0)?;
    Some(Duration::from_secs_f64(seconds.clamp(MIN_HEARTBEAT, MAX_HEARTBEAT)))
}

fn unreadable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::with_source(ErrorKind::Protocol, "handshake reply could not be read", source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read() {
        #[track_caller]
        fn check(reply: &'static str, expected: Result<(Option<f64>, usize), &str>) {
            let read = Handshake::read(&Bytes::from_static(reply.as_bytes()));
            let read = read.map(|handshake| {
                let heartbeat = handshake.heartbeat.map(|interval| interval.as_secs_f64());
                (heartbeat, handshake.dictionary.codes.len())
            });
            assert_eq!(
                read.map_err(|error| error.report().to_string()),
                expected.map_err(str::to_owned)
            );
        }
        check(r#"{"code":200}"#, Ok((None, 0)));
        check(r#"{"code":200,"sys":{"heartbeat":30,"dict":{"a.b":1}}}"#, Ok((Some(30.0), 1)));
        check(r#"{"code":200,"sys":{"heartbeat":0,"dict":null}}"#, Ok((None, 0)));
        check(r#"{"code":200,"sys":null}"#, Ok((None, 0)));
        check(r#"{"code":200,"sys":"json"}"#, Ok((None, 0)));
        check(r#"{"code":200,"sys":{"heartbeat":-1}}"#, Ok((None, 0)));
        check(r#"{"code":200,"sys":{"heartbeat":{"s":30}}}"#, Ok((None, 0)));
        check(r#"{"code":200,"sys":{"heartbeat":2.5}}"#, Ok((Some(2.5), 0)));
        check(r#"{"code":200,"sys":{"heartbeat":0.001}}"#, Ok((Some(MIN_HEARTBEAT), 0)));
        check(r#"{"code":200,"sys":{"dict":{"a.b":0,"a.c":7},"dictVersion":5}}"#, Ok((None, 1)));
        check(
            r#"{"code":200,"sys":{"heartbeat":18446744073709551615}}"#,
            Ok((Some(MAX_HEARTBEAT), 0)),
        );
        check(r#"{"code":501}"#, Err("501: server refused the handshake with code 501"));
        check(r#"{"code":500,"msg":"the server is full"}"#, Err("500: the server is full"));
        check(
            r#"{"code":500,"msg":"log in again","error":"bad_token"}"#,
            Err("bad_token: log in again"),
        );
        check(
            r#"{"code":500,"msg":"internal error","error":"internal"}"#,
            Err("the handshake failed on the server: internal error"),
        );
        check("{}", Err("handshake reply could not be read: it has no code"));
        check(
            r#"{"code":200,"sys":{"dict":{"a.b":65536}}}"#,
            Err(
                "handshake reply could not be read: code 65536 of \"a.b\" is not within 0 to 65535",
            ),
        );
        check(
            r#"{"code":200,"sys":{"dict":[]}}"#,
            Err("handshake reply could not be read: its dictionary is not an object"),
        );
    }

    #[test]
    fn a_compressed_reply_is_recognised_and_bounded() {
        let reply = |len| format!(r#"{{"code":200,"filler":"{}"}}"#, "x".repeat(len));
        let deflate =
            |reply: String| zlib::deflate(reply.as_bytes()).expect("repetition compresses");
        assert!(Handshake::read(&deflate(reply(LIMIT - 100))).is_ok());
        let error = Handshake::read(&deflate(reply(LIMIT))).expect_err("it is beyond the limit");
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }
}
