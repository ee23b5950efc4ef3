use std::time::Duration;

use crate::codec::packet::{HEADER_LEN, MAX_BODY_LEN};

/// What a request gets that failed, from a client that cannot tell an error from a success: one that
/// announced no error flag, with a serializer other than JSON. See [`App::unflagged_errors`](crate::App::unflagged_errors).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnflaggedErrors {
    /// Nothing, and a warning in the log: what Go nano does.
    #[default]
    Withhold,
    /// The error's body, as if it were a reply.
    Send,
}

/// The limits and times of an app.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) heartbeat: Duration,
    pub(crate) handshake_timeout: Duration,
    pub(crate) handler_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) shutdown_grace: Duration,
    pub(crate) packet_limit: usize,
    pub(crate) outbound_limit: usize,
    pub(crate) max_sessions: usize,
    pub(crate) compression_threshold: Option<usize>,
    pub(crate) unflagged_errors: UnflaggedErrors,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(30),
            handshake_timeout: Duration::from_secs(10),
            handler_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(10),
            shutdown_grace: Duration::from_secs(10),
            packet_limit: 64 * 1024,
            outbound_limit: 1024 * 1024,
            max_sessions: 100_000,
            compression_threshold: Some(1024),
            unflagged_errors: UnflaggedErrors::default(),
        }
    }
}

impl Config {
    pub(crate) fn heartbeat_millis(&self) -> u64 {
        self.heartbeat.as_secs() * 1000
    }

    pub(crate) fn handler_millis(&self) -> u64 {
        u64::try_from(self.handler_timeout.as_millis()).unwrap_or(u64::MAX)
    }

    /// Says what cannot work.
    pub(crate) fn check(&self, problems: &mut Vec<String>) {
        if self.heartbeat.as_secs() == 0 || self.heartbeat.subsec_nanos() > 0 {
            problems.push(format!(
                "heartbeat is {:?}; clients count whole seconds, 1 at least",
                self.heartbeat
            ));
        }
        // Deadlines are computed by addition: a year is as good as never, and cannot overflow.
        const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
        for (name, time) in [
            ("heartbeat", self.heartbeat),
            ("handshake_timeout", self.handshake_timeout),
            ("handler_timeout", self.handler_timeout),
            ("write_timeout", self.write_timeout),
            ("shutdown_grace", self.shutdown_grace),
        ] {
            if time > LONGEST {
                problems.push(format!("{name} is {time:?}; a year is the most"));
            } else if time.is_zero() && !matches!(name, "heartbeat" | "shutdown_grace") {
                problems.push(format!("{name} is zero: it would always have passed"));
            }
        }
        if !(1..=MAX_BODY_LEN).contains(&self.packet_limit) {
            problems.push(format!(
                "packet_limit is {} bytes; a packet's length is 1 to {MAX_BODY_LEN}",
                self.packet_limit
            ));
        } else if self.outbound_limit < self.packet_limit + HEADER_LEN {
            problems.push(format!(
                "outbound_limit is {} bytes, which one packet of {} bytes and its header exceeds",
                self.outbound_limit, self.packet_limit
            ));
        }
        if self.max_sessions == 0 {
            problems.push("max_sessions is 0: nobody could connect".to_owned());
        }
    }
}
