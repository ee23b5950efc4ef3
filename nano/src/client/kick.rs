//! The body of a kick: its reason, and the time after which the client is expected back.

use std::time::Duration;

use serde_json::Value;

/// The reasons that say nothing against the client.
const PASSING: [&str; 4] = ["shutdown", "heartbeat_timeout", "handshake_timeout", "slow_consumer"];

/// A kick as the client reads it.
#[derive(Debug, PartialEq)]
pub(super) struct Kick {
    pub(super) reason: String,
    /// The wait before the client connects again; `None` when the kick is final, as for each reason that is not
    /// known.
    pub(super) reconnect_in: Option<Duration>,
}

impl Kick {
    /// Reads `{"reason": .., "reconnectIn": ..}`; a body in another form is the reason itself.
    pub(super) fn read(body: &[u8]) -> Self {
        let kick = serde_json::from_slice(body).unwrap_or(Value::Null);
        let reason = kick["reason"].as_str().or(kick.as_str());
        let reason =
            reason.map_or_else(|| String::from_utf8_lossy(body).into_owned(), str::to_owned);
        let passing = || PASSING.contains(&reason.as_str()).then_some(Duration::ZERO);
        let reconnect_in = milliseconds(&kick["reconnectIn"]).or_else(passing);
        Self { reason, reconnect_in }
    }
}

fn milliseconds(hint: &Value) -> Option<Duration> {
    let hint = hint.as_f64().filter(|hint| *hint >= 0.0)?;
    // The cast saturates.
    Some(Duration::from_millis(hint as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f3_a_kick_is_final_or_not_as_its_body_says() {
        #[track_caller]
        fn check(body: &[u8], reason: &str, reconnect_in: Option<u64>) {
            let reconnect_in = reconnect_in.map(Duration::from_millis);
            assert_eq!(Kick::read(body), Kick { reason: reason.to_owned(), reconnect_in });
        }
        check(br#"{"reason":"shutdown","reconnectIn":1000}"#, "shutdown", Some(1000));
        check(br#"{"reason":"slow_consumer","reconnectIn":0}"#, "slow_consumer", Some(0));
        check(br#"{"reason":"maintenance","reconnectIn":60000.9}"#, "maintenance", Some(60_000));
        check(br#"{"reason":"never","reconnectIn":1e300}"#, "never", Some(u64::MAX));
        for reason in PASSING {
            check(format!(r#"{{"reason":"{reason}"}}"#).as_bytes(), reason, Some(0));
            check(reason.as_bytes(), reason, Some(0));
            for hint in ["-1", "null", "\"1000\"", "true"] {
                let body = format!(r#"{{"reason":"{reason}","reconnectIn":{hint}}}"#);
                check(body.as_bytes(), reason, Some(0));
            }
        }
        for hint in ["-1", "null", "\"1000\"", "true"] {
            let body = format!(r#"{{"reason":"replaced","reconnectIn":{hint}}}"#);
            check(body.as_bytes(), "replaced", None);
        }
        check(br#"{"reason":"protocol_error: no id"}"#, "protocol_error: no id", None);
        // Forms of other servers.
        check(b"", "", None);
        check(b"banned", "banned", None);
        check(br#""banned""#, "banned", None);
        check(br#"{"code":1}"#, r#"{"code":1}"#, None);
        check(br#"{"reconnectIn":5}"#, r#"{"reconnectIn":5}"#, Some(5));
        check(br#"{"reason":7}"#, r#"{"reason":7}"#, None);
        check(b"\xff", "\u{fffd}", None);
    }
}
