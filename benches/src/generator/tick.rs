//! The part of the generator that depends on the time alone.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::connection::Connection;
use super::{Generator, Load, conversation};
use crate::transport::Transport;

/// The interval at which the end of a run is checked while nothing arrives.
const TICK: Duration = Duration::from_millis(20);

impl Generator {
    /// The longest time for which the generator waits.
    pub(super) fn tick(&self) -> Duration {
        match self.target.transport {
            Transport::Kcp => conversation::INTERVAL,
            _ => TICK,
        }
    }

    /// Looks at all conversations over UDP, if it is time.
    pub(super) fn tick_all(&mut self, load: &mut impl Load) -> Result<()> {
        if self.target.transport != Transport::Kcp || self.ticked.elapsed() < self.tick() {
            return Ok(());
        }
        self.ticked = Instant::now();
        for index in 0..self.connections.len() {
            let ticked = self.connections[index].as_mut().map_or(Ok(()), Connection::tick);
            ticked.or_else(|error| self.retry(index, error, load))?;
        }
        Ok(())
    }
}
