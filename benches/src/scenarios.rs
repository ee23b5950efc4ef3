//! The scenarios: what is done to a server, and what is measured of it. One file each.

pub(crate) mod broadcast;
pub(crate) mod echo;
pub(crate) mod idle;

use anyhow::Result;

use crate::peers::{PeerSpec, Work};
use crate::process::ServerProcess;
use crate::report::Column;

/// A scenario with its options.
pub(crate) trait Scenario {
    /// What the server has to be able to do.
    fn work(&self) -> Work;

    /// What is done, with the options that matter.
    fn title(&self) -> String;

    /// What a round measures. The first column is the most important one.
    fn columns(&self) -> &'static [Column];

    /// How many connections a round has at once.
    fn connections(&self) -> usize;

    /// Loads a server that was just started, and returns a value for each column.
    ///
    /// # Errors
    ///
    /// A wrong or lost message, or the end of a connection: then the round counts for nothing.
    fn round(&self, peer: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>>;
}
