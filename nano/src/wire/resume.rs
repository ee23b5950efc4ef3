//! The resume of a session, as the handshake speaks of it.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The feature by which a client says that it may come back after its connection is lost.
pub(crate) const FEATURE: &str = "resume";

/// A secret that stands for one session. It is good for one return.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Token([u8; Token::LEN]);

impl Token {
    /// The length in bytes; as text it is twice as long.
    pub(crate) const LEN: usize = 16;

    /// Makes a token of random bytes.
    pub(crate) fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Reads the hexadecimal text of a token.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_hex = text.len() == 2 * Self::LEN && text.bytes().all(|b| b.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex)?;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Shows nothing of the secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The part of an announcement that concerns resuming.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Return {
    /// The client never comes back to a session.
    #[default]
    Never,
    /// The client may come back to the session that begins.
    Later,
    /// The client comes back to an earlier session, from which it took in so many data packets. A token that cannot
    /// be read is `None`.
    Now { token: Option<Token>, received: u64 },
    /// The client came back to an earlier session, and gets a new one.
    Refused(Lost),
}

impl Return {
    /// Reads `sys` of a client that lists `features`.
    pub(super) fn parse(sys: &Map<String, Value>, features: &[Value]) -> Self {
        if !features.iter().any(|feature| feature == FEATURE) {
            return Self::Never;
        }
        match sys.get("resume") {
            None | Some(Value::Null) => Self::Later,
            Some(resume) => {
                let received = resume.get("received").and_then(Value::as_u64);
                let token = resume.get("token").and_then(Value::as_str).and_then(Token::parse);
                let token = token.filter(|_| received.is_some());
                Self::Now { token, received: received.unwrap_or(0) }
            }
        }
    }
}

/// The answer to a client that resumes: `sys.resume` of the handshake's reply.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// The secret for the next return.
    pub(crate) token: Token,
    /// The seconds for which a lost session waits for its client.
    pub(crate) window: u64,
    /// The number of data packets that the session took in from the client, which is back in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) received: Option<u64>,
    /// The reason why the client is not back in its session, but in a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lost: Option<Lost>,
}

/// The reason why a client cannot come back to its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lost {
    /// No session has this token: it has ended, or never was on this node.
    Unknown,
    /// What the client misses is not kept any more.
    Overrun,
    /// The client announces other features than before.
    Features,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown",
            Self::Overrun => "overrun",
            Self::Features => "features",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_client_says_of_its_return_is_read() {
        let token = Token::new(*b"0123456789abcdef");
        let text = token.to_string();
        let now = |token, received| Return::Now { token, received };
        let check = |sys: Value, expected: Return| {
            let Value::Object(map) = &sys else { panic!("an object") };
            let features = map["features"].as_array().expect("a list");
            assert_eq!(Return::parse(map, features), expected, "{sys}");
        };
        let with = |resume: Value| json!({ "features": ["errors", "resume"], "resume": resume });
        check(json!({ "features": ["errors"], "resume": { "token": text } }), Return::Never);
        check(json!({ "features": ["resume"] }), Return::Later);
        check(with(Value::Null), Return::Later);
        check(with(json!({ "token": text, "received": 7 })), now(Some(token), 7));
        for strange in [json!(1), json!({}), json!([]), json!({ "token": text })] {
            check(with(strange), now(None, 0));
        }
        for received in [json!(-1), json!("7"), json!(1.5)] {
            check(with(json!({ "token": text, "received": received })), now(None, 0));
        }
        for token in [json!(7), json!(""), json!(text[1..]), json!(format!("+{}", &text[1..]))] {
            check(with(json!({ "token": token, "received": 7 })), now(None, 7));
        }
    }

    #[test]
    fn a_token_is_told_to_its_client_and_to_nobody_else() {
        let token = Token::new([0xab; Token::LEN]);
        assert_eq!(json!(token), json!("ab".repeat(Token::LEN)));
        assert_eq!(Token::parse(&token.to_string()), Some(token));
        assert_eq!(format!("{token:?}"), "Token(..)");
    }
}
