//! The log lines that a peer can cause: one of each kind a second, in each app. All of them are counted.
//!
//! A peer that could make the log grow as fast as it sends would fill the disk, and hide all other lines. Lines that
//! are left out are written at the level debug instead, and the next line of their kind has their number.
//! `docs/logs.md` lists all kinds; a test compares the list with [`Line`].

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::Counter;
use tokio::time::Instant;
use tracing::Level;

use crate::metrics::Metrics;

/// The time between two lines of one kind, in milliseconds.
const PERIOD: u64 = 1000;

/// The lines of one kind that may come at once, if they are about the nodes of a cluster: those are few, and known.
const OF_NODES: u64 = 20;

/// The line with the number of those left out.
const LEFT_OUT: &str = "lines of one kind were left out";

/// Writes a line with its fields, or leaves it out: `limited!(log, HandlerFailed, route, %error)`.
macro_rules! limited {
    ($log:expr, $line:ident, $($field:tt)+) => {
        match $log.permit($crate::log::Line::$line) {
            Some(left_out) => ::tracing::event!(
                $crate::log::Line::$line.level(),
                $($field)+,
                left_out = (left_out > 0).then_some(left_out),
                "{}",
                $crate::log::Line::$line.text()
            ),
            None => ::tracing::debug!($($field)+, "{}", $crate::log::Line::$line.text()),
        }
    };
}
pub(crate) use limited;

macro_rules! lines {
    ($($name:ident: $level:ident $text:literal,)+) => {
        /// A kind of log lines that a peer can cause.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Line {
            $($name,)+
        }

        impl Line {
            const ALL: &[Self] = &[$(Self::$name,)+];

            pub(crate) const fn level(self) -> Level {
                match self {
                    $(Self::$name => Level::$level,)+
                }
            }

            pub(crate) const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// Returns how long before its time a line may come, in milliseconds.
            fn early(self) -> u64 {
                match self {
                    Self::NodeLinked | Self::NodeLost | Self::NodeJoined | Self::NodeLeft => {
                        (OF_NODES - 1) * PERIOD
                    }
                    _ => 0,
                }
            }

            /// Returns the kind as one word, for the metrics: `handler_failed`.
            fn word(self) -> String {
                let name = match self {
                    $(Self::$name => stringify!($name),)+
                };
                let mut word = String::new();
                for letter in name.chars() {
                    if letter.is_uppercase() && !word.is_empty() {
                        word.push('_');
                    }
                    word.push(letter.to_ascii_lowercase());
                }
                word
            }
        }
    };
}

lines! {
    AcceptFailed: ERROR "connections cannot be accepted; trying again",
    AcceptedAgain: INFO "connections are accepted again",
    ConnectionRefused: WARN "a connection is refused",
    HeadTooLong: WARN "a request for a WebSocket is refused: its head is too long",
    OriginRefused: WARN "a request for a WebSocket is refused: it comes from a page of another origin",
    SessionRefused: WARN "a session of WebTransport is refused: it comes from a page of another origin",
    DatagramMalformed: WARN "a datagram is dropped: it is none of KCP",
    NewcomersForgotten: WARN "a new client of KCP has to begin again: too many have not shown that their address is theirs",
    HandshakeRefused: INFO "a handshake is refused",
    ProxyExpected: WARN "a connection is refused: it does not begin with the PROXY protocol",
    ProxyUnexpected: WARN "a connection is refused: it begins with the PROXY protocol, which its listener does not expect",
    ResumeRefused: WARN "a client cannot come back to its session, and begins a new one",
    TlsExpected: INFO "a connection is refused: its listener speaks TLS, and it does not",
    TlsFailed: INFO "a TLS handshake failed",
    SlowConsumer: WARN "a slow consumer is closed: its outbound queue is full",
    WriteLate: WARN "a slow consumer is closed: it accepts nothing",
    PacketTooLarge: WARN "a client is closed: it sent a packet over the limit",
    Unbound: WARN "a message is refused: its session is bound to no user",
    RateExceeded: WARN "a message is refused: its session sends too many",
    BodyTooLarge: WARN "a message is refused: its body is too large",
    PushesDropped: WARN "pushes to a slow consumer are dropped",
    ClientTooFast: WARN "a client sends faster than it may",
    ErrorWithheld: WARN "a request stays unanswered: its client could not tell the error from a success",
    HandlerFailed: ERROR "a handler failed",
    ReplyUnsent: ERROR "a reply could not be sent",
    ErrorUnsent: ERROR "an error could not be sent",
    RoomsExhausted: WARN "a room is not opened: there are as many as there may be",
    RoomNameLost: ERROR "a room is closed: another one of the cluster has its name",
    MembersLeftOut: ERROR "members were left out",
    CallFailed: ERROR "a call of the application failed",
    CallLate: ERROR "a call of the application ran out of time",
    CallPanicked: ERROR "a call of the application panicked",
    DropPanicked: ERROR "a value panicked while it was dropped",
    VisitPanicked: ERROR "a visit panicked",
    SessionPanicked: ERROR "a session of WebTransport panicked before it was open",
    WaitsForItself: ERROR "a call waits for a component that its own handler has",
    ComponentBusy: WARN "a component has been busy for over a second",
    TicksLost: WARN "a timer lost ticks",
    TimerOutside: ERROR "a timer was started outside of tokio's runtime, and never runs",
    AdminRefused: WARN "a request to the admin page is refused: its token is wrong",
    NodeLinked: INFO "a node is linked",
    NodeLost: WARN "the link to a node has ended",
    RoomsLost: WARN "sessions have lost their rooms with a node",
    NodeRefused: WARN "a node is refused",
    NodeStranger: WARN "a connection to the address for other nodes is refused",
    NodeJoined: INFO "a node is in the cluster",
    NodeLeft: INFO "a node is not in the cluster any more",
    NodeFenced: ERROR "this node is not in its cluster any more",
    RegistryAway: WARN "the registry of the cluster cannot be reached",
    GoCallRefused: WARN "a call by Go nano's protocol is refused: its caller is not trusted",
    RoutesExhausted: WARN "a message is refused: as many routes of nodes of Go nano were asked for as may be",
    EndForgotten: WARN "the end of a session is not told to a node of Go nano: it was away for too long",
    CodesExhausted: WARN "routes of other nodes have no codes: the dictionary of clients would be too long",
    StateUnread: WARN "the state of another node's session cannot be read",
    PushUndecoded: WARN "push could not be decoded",
    PushPanicked: ERROR "push handler panicked",
}

/// The limits on the log lines of one app, or of one client, and the counts of all lines.
pub(crate) struct Log {
    start: Instant,
    limits: [Limit; Line::ALL.len()],
    metrics: Option<Arc<Metrics>>,
    /// One for each kind; none without metrics.
    faults: Vec<Counter>,
}

/// The limit on the lines of one kind.
#[derive(Debug)]
struct Limit {
    /// When the next line is due, in milliseconds from the start.
    next: AtomicU64,
    /// How long before that it may be written.
    early: u64,
    left_out: AtomicU64,
}

impl Limit {
    fn new(line: Line) -> Self {
        Self { next: AtomicU64::new(0), early: line.early(), left_out: AtomicU64::new(0) }
    }

    /// Returns the number of lines that were left out, if a line may be written at `now`, and could have been for
    /// a time of `unused`.
    fn permit(&self, now: u64, unused: u64) -> Option<u64> {
        let due = self.next.load(Ordering::Relaxed);
        let next = due.max(now) + PERIOD;
        let is_first = now + self.early >= due + unused
            && self.next.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        is_first.then(|| self.left_out.swap(0, Ordering::Relaxed))
    }
}

impl Log {
    /// A log whose lines are counted.
    pub(crate) fn new(metrics: Option<Arc<Metrics>>) -> Self {
        let faults = metrics.iter().flat_map(|metrics| {
            Line::ALL.iter().map(|line| match line.level() {
                Level::ERROR | Level::WARN => metrics.faults(line.word()),
                _ => Counter::noop(),
            })
        });
        Self {
            start: Instant::now(),
            limits: std::array::from_fn(|index| Limit::new(Line::ALL[index])),
            faults: faults.collect(),
            metrics,
        }
    }

    /// Returns the metrics of the app, if it has any: all that count have its log.
    #[inline]
    pub(crate) fn metrics(&self) -> Option<&Arc<Metrics>> {
        self.metrics.as_ref()
    }

    /// Returns the number of lines that were left out since the last one, if a line may be written now.
    pub(crate) fn permit(&self, line: Line) -> Option<u64> {
        if let Some(counter) = self.faults.get(line as usize) {
            counter.increment(1);
        }
        let limit = &self.limits[line as usize];
        let permit = limit.permit(self.now(), 0);
        if permit.is_none() {
            limit.left_out.fetch_add(1, Ordering::Relaxed);
        }
        permit
    }

    /// Writes the number of lines that were left out, for each kind of which no line comes to tell it.
    pub(crate) fn tell_left_out(&self) {
        let now = self.now();
        // A line of the kind itself says more, and has a second in which to come.
        self.tell(|limit| limit.permit(now, PERIOD));
    }

    /// Writes the numbers that were not told yet, at the end of the app.
    pub(crate) fn tell_rest(&self) {
        self.tell(|limit| Some(limit.left_out.swap(0, Ordering::Relaxed)));
    }

    fn tell(&self, take: impl Fn(&Limit) -> Option<u64>) {
        for (limit, line) in self.limits.iter().zip(Line::ALL) {
            if limit.left_out.load(Ordering::Relaxed) > 0
                && let Some(left_out) = take(limit)
            {
                // Nobody has to be warned of what is no fault itself.
                if line.level() == Level::INFO {
                    tracing::info!(line = line.text(), left_out, "{LEFT_OUT}");
                } else {
                    tracing::warn!(line = line.text(), left_out, "{LEFT_OUT}");
                }
            }
        }
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::new(None)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

#[cfg(test)]
mod tests;
