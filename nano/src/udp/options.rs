//! The settings of KCP.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The times between two looks at a conversation, in milliseconds.
const INTERVALS: RangeInclusive<u128> = 1..=1000;

/// The numbers of segments in a window.
const WINDOWS: RangeInclusive<u16> = 8..=4096;

/// The lengths of datagrams, in bytes. kcp-go reads no longer ones.
const MTUS: RangeInclusive<usize> = 256..=MAX_MTU;

/// The longest datagram, in bytes, without the headers of UDP and IP.
pub(super) const MAX_MTU: usize = 1500;

/// The settings of KCP, for [`Kcp::options`](crate::Kcp::options) and for the Rust client: see [`kcp`](crate::kcp).
///
/// The two sides may differ in all of them. The names and meanings are those of other implementations, the defaults
/// are made for games: small messages that should arrive soon.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use nano::{App, Kcp, KcpOptions};
///
/// // A slower game that sends much, and shares the line with others.
/// let options = KcpOptions::new()
///     .interval(Duration::from_millis(20))
///     .congestion_control(true)
///     .send_window(512)
///     .receive_window(512);
/// let app = App::new().listen(Kcp::bind("127.0.0.1:3252").options(options));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KcpOptions {
    pub(super) nodelay: bool,
    pub(super) interval: Duration,
    pub(super) resend: u32,
    pub(super) congestion_control: bool,
    pub(super) send_window: u16,
    pub(super) receive_window: u16,
    pub(super) mtu: usize,
}

impl KcpOptions {
    /// The settings for games, which other implementations call `nodelay(1, 10, 2, 1)`.
    pub fn new() -> Self {
        Self {
            nodelay: true,
            interval: Duration::from_millis(10),
            resend: 2,
            congestion_control: false,
            send_window: 128,
            receive_window: 128,
            mtu: 1200,
        }
    }

    /// Repeats a lost segment after half as long again each time, and after 30 ms at the earliest; without it after
    /// twice as long each time, and after 100 ms at the earliest. On by default.
    pub fn nodelay(mut self, is_on: bool) -> Self {
        self.nodelay = is_on;
        self
    }

    /// Sets the time between two looks at a conversation in which something waits to be confirmed or repeated: 10 ms by
    /// default, 1 ms to 1 s. What was received is confirmed within this time. What is sent goes out at once, and costs a
    /// conversation that idles nothing.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Repeats a segment as soon as so many later ones were confirmed without it: 2 by default; 0 waits until its time is
    /// over.
    pub fn resend(mut self, later: u32) -> Self {
        self.resend = later;
        self
    }

    /// Sends more slowly after a loss, as TCP does. Off by default, `nc` in other implementations: a game that sends little
    /// is better served without, while a line that is really full only gets fuller.
    #[doc(alias = "nc")]
    pub fn congestion_control(mut self, is_on: bool) -> Self {
        self.congestion_control = is_on;
        self
    }

    /// Sets the most segments that are under way, 128 by default, 8 to 4096. What one side sends a second is this number
    /// of segments for each round trip.
    pub fn send_window(mut self, segments: u16) -> Self {
        self.send_window = segments;
        self
    }

    /// Sets the most segments that are held for the application, 128 by default, 8 to 4096. A peer makes a conversation hold
    /// three times this number of datagrams at most.
    pub fn receive_window(mut self, segments: u16) -> Self {
        self.receive_window = segments;
        self
    }

    /// Sets the longest datagram in bytes, without the headers of UDP and IP: 1200 by default, which all networks carry
    /// in one piece; 256 to 1500.
    pub fn mtu(mut self, bytes: usize) -> Self {
        self.mtu = bytes;
        self
    }

    /// Returns what is wrong with the settings.
    pub(crate) fn check(&self) -> Result<(), String> {
        let Self { interval, send_window, receive_window, mtu, .. } = *self;
        if !INTERVALS.contains(&interval.as_millis()) {
            return Err(format!("the interval of KCP is {interval:?}; 1 ms to 1 s are possible"));
        }
        for (name, window) in [("send", send_window), ("receive", receive_window)] {
            if !WINDOWS.contains(&window) {
                let (least, most) = (WINDOWS.start(), WINDOWS.end());
                return Err(format!(
                    "the {name} window of KCP is {window} segments; {least} to {most} are possible"
                ));
            }
        }
        if !MTUS.contains(&mtu) {
            let (least, most) = (MTUS.start(), MTUS.end());
            return Err(format!("the mtu of KCP is {mtu} bytes; {least} to {most} are possible"));
        }
        Ok(())
    }
}

impl Default for KcpOptions {
    fn default() -> Self {
        Self::new()
    }
}
