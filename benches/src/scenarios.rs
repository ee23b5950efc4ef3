//! The scenarios: a load and what is measured under it, one file each.

pub(crate) mod age;
pub(crate) mod broadcast;
pub(crate) mod echo;
pub(crate) mod idle;
pub(crate) mod links;
mod member;
pub(crate) mod rooms;
pub(crate) mod slow;
pub(crate) mod storm;
pub(crate) mod users;

use anyhow::Result;

use crate::peers::{PeerSpec, Work};
use crate::process::ServerProcess;
use crate::report::Column;

/// The number of connections that are opened at once, where that is not what is measured.
const AT_ONCE: usize = 32;

/// A scenario with its options.
pub(crate) trait Scenario {
    /// The work that a peer must support.
    fn work(&self) -> Work;

    /// A description with the options that change the result.
    fn title(&self) -> String;

    /// The values that a round measures. The report shows the range of the first.
    fn columns(&self) -> Vec<Column>;

    /// The number of connections that a round has at once.
    fn connections(&self) -> usize;

    /// Loads a server that was just started, and returns a value for each column.
    ///
    /// # Errors
    ///
    /// A wrong or lost message, or a connection that ended.
    fn round(&self, peer: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>>;
}
