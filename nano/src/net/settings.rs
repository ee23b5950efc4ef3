//! The limits that all connections of an app share.

use std::time::Duration;

use super::resume::Resume;

/// The limits of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// The longest packet body.
    pub(crate) packet_limit: usize,
    pub(crate) outbound: Outbound,
    pub(crate) rates: Rates,
    pub(crate) write_timeout: Duration,
    /// The heartbeat interval, in milliseconds.
    pub(crate) heartbeat: u64,
    /// `None` ends a session with its connection.
    pub(crate) resume: Option<Resume>,
}

/// The bounds on what waits for one client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outbound {
    /// The most that may wait, in bytes.
    pub(crate) limit: usize,
    pub(crate) slow_consumers: SlowConsumers,
}

/// The treatment of a client that reads more slowly than it is sent to, for
/// [`App::slow_consumers`](crate::App::slow_consumers).
///
/// It decides about the messages that find the client's queue full once the classes of pushes have made what room they
/// can: see [`limits`](crate::limits).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlowConsumers {
    /// Ends the session with the reason `slow_consumer`.
    #[default]
    Disconnect,
    /// Drops the oldest pushes: those of the class `latest` first, and reliable ones last. Replies are never dropped: one
    /// that finds nothing but replies in a full queue ends the session.
    DropOldest,
}

/// The rates at which one client may send, a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    /// `None` for no limit.
    pub(crate) packets: Option<u32>,
    /// `None` for no limit.
    pub(crate) bytes: Option<u32>,
    pub(crate) over: OverRate,
}

/// The treatment of a client that sends faster than [`App::packet_rate`](crate::App::packet_rate) or
/// [`App::byte_rate`](crate::App::byte_rate), for [`App::over_rate`](crate::App::over_rate).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OverRate {
    /// Reads no more of it until the rate allows for it. What it sends meanwhile waits in the network, and then with
    /// the client: nothing is lost.
    #[default]
    Wait,
    /// Ends the session with the reason `rate_limited`.
    Close,
}
