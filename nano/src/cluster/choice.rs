//! The nodes that can serve a session, and the application's choice among them.

use std::fmt;
use std::sync::Arc;

use crate::Session;

/// A node that has a component and can be reached, for [`Cluster::route`](crate::Cluster::route).
#[derive(Clone, Debug)]
pub struct Candidate {
    pub(super) number: u32,
    pub(super) name: String,
}

impl Candidate {
    /// Returns the number of the node.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the name of the node: its address.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The function that chooses a node for a session.
type Choose = dyn Fn(&Session, &[Candidate]) -> Option<u32> + Send + Sync;

/// The application's choice for one component.
#[derive(Clone)]
pub(super) struct Choice(pub(super) Arc<Choose>);

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Choice")
    }
}
