//! The metrics of an app: their table, and the handles that are held while it runs.
//!
//! An app without a recorder has none of them: what would be counted costs a branch. Handles are registered when the
//! app starts, when a component is made or when a connection opens, and never by name for a message.

mod connection;
mod installed;
mod many;
mod registry;
mod route;
mod table;

pub(crate) use connection::Connected;
pub use installed::InstalledRecorder;
#[cfg(feature = "cluster")]
pub(crate) use registry::NodeCounts;
pub(crate) use registry::{AnyRecorder, Dropped, Metrics};
pub(crate) use route::{Measure, Outcome, RouteMetrics, UNKNOWN_ROUTE};

#[cfg(all(test, feature = "admin"))]
pub(crate) use table::{ALL as METRICS, Kind};

#[cfg(test)]
mod tests;
