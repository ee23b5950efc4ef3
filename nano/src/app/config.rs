//! The limits and times of an app, and the checks of their values.

use std::sync::Arc;
use std::time::Duration;

use crate::UnflaggedErrors;
use crate::codec::packet::{HEADER_LEN, MAX_BODY_LEN};
use crate::dispatch::Limits;
use crate::door::AdmissionLimits;
use crate::log::Log;
use crate::net::{Outbound, OverRate, Rates, Resume, Settings, SlowConsumers};
use crate::serializer::Serializer;
use crate::session::{Directory, DuplicateLogin};
#[cfg(feature = "cluster")]
use crate::wire::Offered;
use crate::wire::stages::Stages;
use crate::wire::{Dictionary, Wire, client_version};

/// The most threads of an app: far more than there are cores.
const MAX_THREADS: usize = 1024;

/// The longest time of a setting. Deadlines are computed by addition: a year is as good as never, and cannot overflow.
pub(super) const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The settings of an app for the policies of its routes.
#[derive(Clone, Debug, Default)]
pub(crate) struct PolicyConfig {
    /// Only sessions with a user may call routes that are not for guests.
    pub(crate) require_bind: bool,
}

/// The limits and times of an app.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) heartbeat: Duration,
    pub(crate) handshake_timeout: Duration,
    pub(crate) handler_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) shutdown_grace: Duration,
    pub(crate) drain_time: Duration,
    /// `None` serves connections on the runtime that the app is started on.
    pub(crate) threads: Option<usize>,
    pub(crate) packet_limit: usize,
    pub(crate) outbound_limit: usize,
    pub(crate) slow_consumers: SlowConsumers,
    pub(crate) rates: Rates,
    pub(crate) max_sessions: usize,
    pub(crate) max_sessions_per_address: usize,
    pub(crate) max_handshakes: usize,
    pub(crate) max_handshakes_per_address: usize,
    pub(crate) compression_threshold: Option<usize>,
    pub(crate) unflagged_errors: UnflaggedErrors,
    pub(crate) bad_request_details: bool,
    pub(crate) stock_push_codes: bool,
    pub(crate) policy: PolicyConfig,
    pub(crate) min_client_version: Option<String>,
    pub(crate) users: UserConfig,
    pub(crate) resume: Option<Resume>,
}

/// The settings of users and of the data of sessions.
#[derive(Clone, Debug)]
pub(crate) struct UserConfig {
    pub(crate) duplicate_login: DuplicateLogin,
    pub(crate) data_limit: usize,
}

impl Default for UserConfig {
    fn default() -> Self {
        Self { duplicate_login: DuplicateLogin::default(), data_limit: 16 * 1024 }
    }
}

impl UserConfig {
    pub(crate) fn directory(&self) -> Directory {
        Directory::new(self.duplicate_login, self.data_limit)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(30),
            handshake_timeout: Duration::from_secs(10),
            handler_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(10),
            shutdown_grace: Duration::from_secs(10),
            drain_time: Duration::from_secs(5),
            threads: None,
            packet_limit: 64 * 1024,
            outbound_limit: 1024 * 1024,
            slow_consumers: SlowConsumers::default(),
            rates: Rates {
                packets: Some(10_000),
                bytes: Some(8 * 1024 * 1024),
                over: OverRate::default(),
            },
            max_sessions: 100_000,
            max_sessions_per_address: 50_000,
            max_handshakes: 20_000,
            max_handshakes_per_address: 10_000,
            compression_threshold: Some(1024),
            unflagged_errors: UnflaggedErrors::default(),
            bad_request_details: cfg!(debug_assertions),
            stock_push_codes: false,
            resume: None,
            policy: PolicyConfig::default(),
            min_client_version: None,
            users: UserConfig::default(),
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
            #[cfg(feature = "cluster")]
            offered: Offered::default(),
            packet_limit: self.packet_limit,
            compression_threshold: self.compression_threshold,
            unflagged_errors: self.unflagged_errors,
            bad_request_details: self.bad_request_details,
            stock_push_codes: self.stock_push_codes,
            // Checked when the app is built.
            min_client_version: self
                .min_client_version
                .as_deref()
                .and_then(|min| client_version::parse(min).ok()),
            heartbeat: self.heartbeat.as_secs(),
            stages: Stages::default(),
            repairs_late: false,
            log,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits::new(self.handler_timeout)
    }

    pub(crate) fn admission(&self) -> AdmissionLimits {
        AdmissionLimits {
            sessions: self.max_sessions,
            sessions_per_address: self.max_sessions_per_address,
            handshakes: self.max_handshakes,
            handshakes_per_address: self.max_handshakes_per_address,
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            packet_limit: self.packet_limit,
            outbound: Outbound { limit: self.outbound_limit, slow_consumers: self.slow_consumers },
            rates: self.rates,
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
        for (name, time) in [
            ("heartbeat", self.heartbeat),
            ("handshake_timeout", self.handshake_timeout),
            ("handler_timeout", self.handler_timeout),
            ("write_timeout", self.write_timeout),
            ("shutdown_grace", self.shutdown_grace),
            ("drain_time", self.drain_time),
        ] {
            // A heartbeat of zero is reported above; a shutdown may cut handlers off at once, and a drain may take no time.
            if !time.is_zero() || !matches!(name, "heartbeat" | "shutdown_grace" | "drain_time") {
                problems.extend(time_problem(name, time));
            }
        }
        if let Some(min) = &self.min_client_version
            && let Err(error) = client_version::parse(min)
        {
            problems.push(format!("min_client_version is `{min}`: {error}; `1.4.0` is a version"));
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
            ("max_sessions_per_address", self.max_sessions_per_address),
            ("max_handshakes", self.max_handshakes),
            ("max_handshakes_per_address", self.max_handshakes_per_address),
        ] {
            if limit == 0 {
                problems.push(format!("{name} is 0: nobody could connect"));
            }
        }
        for (name, rate) in [("packet_rate", self.rates.packets), ("byte_rate", self.rates.bytes)] {
            if rate == Some(0) {
                problems.push(format!("{name} is 0: no message could come; `None` sets no limit"));
            }
        }
    }
}

/// The reason why a time limit cannot work.
pub(super) fn time_problem(name: &str, time: Duration) -> Option<String> {
    if time > LONGEST {
        Some(format!("{name} is {time:?}; a year is the most"))
    } else {
        time.is_zero().then(|| format!("{name} is zero: it would always have passed"))
    }
}
