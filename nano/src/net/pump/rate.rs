//! The rate at which one client sends, over all of its connection.

use std::time::Duration;

use tokio::time::Instant;

use crate::net::Rates;

/// The shortest wait of a client that sends too fast, so that its connection does not wake for each packet.
const SHORTEST: Duration = Duration::from_millis(10);

/// Two buckets, of packets and of bytes, each of which holds what may come in a second.
///
/// They are filled when one is empty: to count costs two subtractions, and reads no clock. So a client that was silent
/// may send what two buckets hold before it waits.
#[derive(Debug)]
pub(super) struct Rate {
    packets: i64,
    bytes: i64,
    filled: Instant,
    /// Until then nothing more is read.
    waits_until: Option<Instant>,
}

impl Rate {
    pub(super) fn new(limits: Rates) -> Self {
        let full = |limit: Option<u32>| limit.map_or(i64::MAX, i64::from);
        let (packets, bytes) = (full(limits.packets), full(limits.bytes));
        Self { packets, bytes, filled: Instant::now(), waits_until: None }
    }

    /// Counts what has come. Returns `true` when the client is too fast from now on, by the same limits as ever.
    #[inline]
    pub(super) fn count(&mut self, packets: usize, bytes: usize, limits: &Rates) -> bool {
        self.packets -= packets as i64;
        self.bytes -= bytes as i64;
        if self.packets >= 0 && self.bytes >= 0 {
            return false;
        }
        let was_waiting = self.waits_until.is_some();
        self.fill(Instant::now(), limits);
        !was_waiting && self.waits_until.is_some()
    }

    /// Returns the time until which nothing is read.
    #[inline]
    pub(super) fn waits_until(&self) -> Option<Instant> {
        self.waits_until
    }

    /// Fills the buckets with what the time since the last call allows for.
    pub(super) fn fill(&mut self, now: Instant, limits: &Rates) {
        let passed = now.saturating_duration_since(self.filled);
        self.filled = now;
        let packets = fill(&mut self.packets, limits.packets, passed);
        let bytes = fill(&mut self.bytes, limits.bytes, passed);
        self.waits_until = packets.max(bytes).map(|wait| now + wait.max(SHORTEST));
    }
}

/// Fills one bucket, and returns the time in which it will not be empty any more; `None` when it is not now.
fn fill(left: &mut i64, limit: Option<u32>, passed: Duration) -> Option<Duration> {
    let limit = i64::from(limit?);
    let millis = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    *left = left.saturating_add(millis.saturating_mul(limit) / 1000).min(limit);
    // The fractions of a millisecond are lost: a client that waits gets a little less than its rate.
    (*left < 0).then(|| {
        let missing = u64::try_from(-*left).unwrap_or(u64::MAX);
        Duration::from_millis(missing.saturating_mul(1000) / limit.unsigned_abs() + 1)
    })
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;
    use crate::net::OverRate;

    fn rates(packets: Option<u32>, bytes: Option<u32>) -> Rates {
        Rates { packets, bytes, over: OverRate::Wait }
    }

    /// Counts packets of ten bytes until they are too many, and returns their number.
    fn burst(rate: &mut Rate, limits: &Rates) -> usize {
        (1..).find(|_| rate.count(1, 10, limits)).expect("it ends")
    }

    async fn wait(rate: &mut Rate, limits: &Rates) {
        let until = rate.waits_until().expect("a wait");
        advance(until - Instant::now()).await;
        rate.fill(Instant::now(), limits);
        assert_eq!(rate.waits_until(), None, "the time that it says is enough");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_has_a_burst_and_then_its_rate() {
        for (packets, bytes) in [(Some(100), None), (None, Some(1000)), (Some(100), Some(1000))] {
            let limits = &rates(packets, bytes);
            let mut rate = Rate::new(*limits);
            assert_eq!(burst(&mut rate, limits), 101, "what a second allows for, at once");
            let (start, mut sent) = (Instant::now(), 0);
            while start.elapsed() < Duration::from_secs(10) {
                wait(&mut rate, limits).await;
                sent += burst(&mut rate, limits);
            }
            assert!((900..=1010).contains(&sent), "{sent} packets in ten seconds");
            advance(Duration::from_secs(3600)).await;
            rate.fill(Instant::now(), limits);
            assert_eq!(burst(&mut rate, limits), 101, "silence is not saved up");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_packet_is_paid_for_afterwards() {
        let limits = &rates(Some(100), Some(1000));
        let mut rate = Rate::new(*limits);
        assert!(rate.count(1, 60_000, limits));
        assert!(!rate.count(0, 0, limits), "it is told once");
        let until = rate.waits_until().expect("a wait");
        assert_eq!((until - Instant::now()).as_secs(), 59);
        wait(&mut rate, limits).await;
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let limits = &rates(None, None);
        let mut rate = Rate::new(*limits);
        for _ in 0..1000 {
            assert!(!rate.count(usize::from(u16::MAX), 1 << 40, limits));
        }
    }
}
