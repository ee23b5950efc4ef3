//! The time of a round trip, and the time after which a segment counts as lost.

/// Times that cannot be those of a round trip, in milliseconds: the time in an ack is the peer's to choose.
const LONGEST: u32 = 60_000;

/// The time after which a segment counts as lost while no round trip is known, in milliseconds.
const FIRST: u32 = 200;

/// The time of a round trip, as far as it is known, in milliseconds.
#[derive(Debug)]
pub(super) struct RoundTrip {
    /// Zero until there is a first one.
    smooth: u32,
    variation: u32,
    timeout: u32,
    least: u32,
    interval: u32,
}

impl RoundTrip {
    /// A segment never counts as lost before `least`; the peer confirms each `interval`.
    pub(super) fn new(least: u32, interval: u32) -> Self {
        Self { smooth: 0, variation: 0, timeout: FIRST, least, interval }
    }

    /// Takes in a time that was measured.
    pub(super) fn measured(&mut self, time: u32) {
        if time > LONGEST {
            return;
        }
        if self.smooth == 0 {
            self.smooth = time.max(1);
            self.variation = time / 2;
        } else {
            self.variation = (3 * self.variation + time.abs_diff(self.smooth)) / 4;
            self.smooth = ((7 * self.smooth + time) / 8).max(1);
        }
        let timeout = self.smooth + (4 * self.variation).max(self.interval);
        self.timeout = timeout.clamp(self.least, LONGEST);
    }

    /// Returns the time after which a segment counts as lost.
    pub(super) fn timeout(&self) -> u32 {
        self.timeout
    }

    /// Returns the next such time of a segment that was lost after `before`.
    pub(super) fn longer(&self, before: u32, nodelay: bool) -> u32 {
        let more = if nodelay { before / 2 } else { before.max(self.timeout) };
        before.saturating_add(more).min(LONGEST)
    }
}
