//! The load: the messages of all connections, and the check of what comes back.

use anyhow::Result;

use super::{Message, Nanos, Outgoing};

/// The messages that are sent, and the check of those that are received.
pub trait Load {
    /// Counts a message, or reports what is wrong with it.
    ///
    /// # Errors
    ///
    /// The message is not the one that had to come; the run ends.
    fn received(&mut self, connection: usize, message: Message<'_>, now: Nanos) -> Result<()>;

    /// Adds what a connection sends next, after all that it received was taken in.
    fn fill(&mut self, connection: usize, now: Nanos, out: &mut Outgoing<'_>);

    /// Returns the number of messages that the server still has to send.
    fn outstanding(&self) -> u64;

    /// Adds what a connection says first, when its handshake is done.
    fn opened(&mut self, _connection: usize, _now: Nanos, _out: &mut Outgoing<'_>) {}

    /// Takes the server's answer to the handshake of a connection.
    ///
    /// # Errors
    ///
    /// It is not as it has to be; the run ends, unless the loss is [taken](Self::lost).
    fn welcomed(&mut self, _connection: usize, _reply: &serde_json::Value) -> Result<()> {
        Ok(())
    }

    /// Takes the loss of a connection, so that the run goes on without it.
    ///
    /// # Errors
    ///
    /// The error, which ends the run.
    fn lost(&mut self, _connection: usize, error: anyhow::Error) -> Result<()> {
        Err(error)
    }

    /// Returns the time at which some connection has to send without having received anything.
    fn next(&self) -> Option<Nanos> {
        None
    }

    /// Returns a connection that has to send now: it is filled. Called again until it returns nothing.
    fn due(&mut self, _now: Nanos) -> Option<usize> {
        None
    }
}
