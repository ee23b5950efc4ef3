//! The opening of connections, and their loss.

use std::ops::Range;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};

use super::connection::{Connection, Phase};
use super::{Generator, Load};

impl Generator {
    /// Opens more connections, handshake included, so many at once. Those that are open go on meanwhile.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, refuses, or does not answer in ten seconds.
    pub fn connect(&mut self, count: usize, at_once: usize, load: &mut impl Load) -> Result<()> {
        let from = self.connections.len();
        self.connections.resize_with(from + count, || None);
        self.reconnect(from..from + count, at_once, load)
    }

    /// Opens connections again that were [reset](Self::reset), so many at once.
    ///
    /// # Errors
    ///
    /// As for [`connect`](Self::connect).
    pub fn reconnect(
        &mut self,
        mut range: Range<usize>,
        at_once: usize,
        load: &mut impl Load,
    ) -> Result<()> {
        self.heard = Instant::now();
        loop {
            while self.opening < at_once.max(1)
                && let Some(index) = range.next()
            {
                self.open(index)?;
                self.opening += 1;
            }
            if self.opening == 0 {
                self.started.clear();
                return Ok(());
            }
            self.turn(load)?;
            self.give_up(load)?;
        }
    }

    fn open(&mut self, index: usize) -> Result<()> {
        let connection = Connection::start(&self.target, &self.poll, index);
        let connection = connection.with_context(|| format!("connection {index}"))?;
        self.started.push_back((connection.started, index));
        self.connections[index] = Some(connection);
        Ok(())
    }

    /// Ends the connections that have not opened in time, however much the others hear.
    fn give_up(&mut self, load: &mut impl Load) -> Result<()> {
        while let Some((started, index)) = self.started.front().copied() {
            let is_it = |one: &Connection| one.started == started && one.phase != Phase::Open;
            if self.connections[index].as_ref().is_some_and(is_it) {
                if started.elapsed() < self.patience {
                    break;
                }
                self.lose(index, anyhow!("it is not open after {:?}", self.patience), load)?;
            }
            self.started.pop_front();
        }
        Ok(())
    }

    /// Opens so many connections anew when the server closes them before they are open, as clients do when it is too
    /// busy. Otherwise that ends the run.
    pub fn allow_retries(&mut self, count: usize) {
        self.retries = (count, 0);
    }

    /// Returns the number of connections that were opened anew.
    pub fn retries(&self) -> usize {
        self.retries.1
    }

    /// Opens a connection anew that has failed before it was open, if that is allowed.
    pub(super) fn retry(
        &mut self,
        index: usize,
        error: anyhow::Error,
        load: &mut impl Load,
    ) -> Result<()> {
        let (left, done) = self.retries;
        if !self.is_opening(index) || left == 0 {
            return self.lose(index, error, load);
        }
        self.retries = (left - 1, done + 1);
        self.output.clear();
        self.open(index)
    }

    fn is_opening(&self, index: usize) -> bool {
        self.connections[index].as_ref().is_some_and(|one| one.phase != Phase::Open)
    }

    /// Goes on without a connection, if the load does.
    pub(super) fn lose(
        &mut self,
        index: usize,
        error: anyhow::Error,
        load: &mut impl Load,
    ) -> Result<()> {
        self.output.clear();
        load.lost(index, error.context(format!("connection {index}")))?;
        self.opening -= usize::from(self.is_opening(index));
        self.connections[index] = None;
        Ok(())
    }
}
