//! The limits and times of an app, and the checks of their values.

use std::sync::Arc;
use std::time::Duration;

use crate::UnflaggedErrors;
use crate::codec::packet::{HEADER_LEN, MAX_BODY_LEN};
use crate::dispatch::Limits;
use crate::door::AdmissionLimits;
use crate::log::Log;
use crate::net::{Resume, Settings};
use crate::serializer::Serializer;
use crate::wire::{Dictionary, Wire};

/// The most threads of an app: far more than there are cores.
const MAX_THREADS: usize = 1024;

/// The limits and times of an app.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) heartbeat: Duration,
    pub(crate) handshake_timeout: Duration,
    pub(crate) handler_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) shutdown_grace: Duration,
    /// `None` serves connections on the runtime that the app is started on.
    pub(crate) threads: Option<usize>,
    pub(crate) packet_limit: usize,
    pub(crate) outbound_limit: usize,
    pub(crate) max_sessions: usize,
    pub(crate) max_handshakes: usize,
    pub(crate) max_handshakes_per_address: usize,
    pub(crate) compression_threshold: Option<usize>,
    pub(crate) unflagged_errors: UnflaggedErrors,
    pub(crate) bad_request_details: bool,
    pub(crate) stock_push_codes: bool,
    pub(crate) resume: Option<Resume>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(30),
            handshake_timeout: Duration::from_secs(10),
            handler_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(10),
            shutdown_grace: Duration::from_secs(10),
            threads: None,
            packet_limit: 64 * 1024,
            outbound_limit: 1024 * 1024,
            max_sessions: 100_000,
            max_handshakes: 20_000,
            max_handshakes_per_address: 10_000,
            compression_threshold: Some(1024),
            unflagged_errors: UnflaggedErrors::default(),
            bad_request_details: cfg!(debug_assertions),
            stock_push_codes: false,
            resume: None,
        }
    }
}

impl Config {
    pub(crate) fn wire(
        &self,
        serializer: Box<dyn Serializer>,
        dictionary: Dictionary,
        log: Arc<Log>,
    ) -> Wire {
        Wire {
            json: serializer.is_json(),
            serializer,
            dictionary,
            packet_limit: self.packet_limit,
            compression_threshold: self.compression_threshold,
            unflagged_errors: self.unflagged_errors,
            bad_request_details: self.bad_request_details,
            stock_push_codes: self.stock_push_codes,
            heartbeat: self.heartbeat.as_secs(),
            log,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits::new(self.handler_timeout)
    }

    pub(crate) fn admission(&self) -> AdmissionLimits {
        AdmissionLimits {
            sessions: self.max_sessions,
            handshakes: self.max_handshakes,
            handshakes_per_address: self.max_handshakes_per_address,
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            packet_limit: self.packet_limit,
            outbound_limit: self.outbound_limit,
            write_timeout: self.write_timeout,
            heartbeat: self.heartbeat.as_secs() * 1000,
            resume: self.resume,
        }
    }

    /// Reports values that cannot work.
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
        if let Some(threads) = self.threads.filter(|threads| !(1..=MAX_THREADS).contains(threads)) {
            problems
                .push(format!("threads is {threads}; 1 to {MAX_THREADS} can serve connections"));
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
        if let Some(resume) = &self.resume {
            resume.check(problems);
        }
        for (name, limit) in [
            ("max_sessions", self.max_sessions),
            ("max_handshakes", self.max_handshakes),
            ("max_handshakes_per_address", self.max_handshakes_per_address),
        ] {
            if limit == 0 {
                problems.push(format!("{name} is 0: nobody could connect"));
            }
        }
    }
}
