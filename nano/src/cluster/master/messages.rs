//! The messages between a master and other nodes, and their checks.

pub(super) use crate::proto::registry::{
    Answer, Ask, Gone, Join, Leave, Reason, Record, Refusal, Renew, State, Told, Update, View,
    answer, ask, registry_client, registry_server, told,
};

use crate::cluster::master::tables::MOST_NODES;
use crate::cluster::registry::{self, RegistryError};

/// The largest that a node says of itself. It is read before the node is known, and so within [`LARGEST_GREETING`].
///
/// [`LARGEST_GREETING`]: crate::cluster::strangers::LARGEST_GREETING
pub(super) const LARGEST_JOIN: usize = 48 * 1024;

/// The largest message to a master, and the largest of one: a view of all nodes.
pub(super) const LARGEST_ASK: usize = LARGEST_JOIN + 1024;
pub(super) const LARGEST_TOLD: usize = MOST_NODES * LARGEST_ASK;

impl View {
    pub(super) fn of(view: &registry::View) -> Self {
        Self { revision: view.revision(), nodes: view.nodes().iter().map(Record::of).collect() }
    }

    /// The view, unless it cannot be one.
    pub(super) fn into_view(self) -> Option<registry::View> {
        let nodes: Option<Vec<_>> = self.nodes.into_iter().map(Record::into_node).collect();
        let nodes = nodes.filter(|nodes| nodes.iter().all(|node| node.number() > 0))?;
        Some(registry::View::new(self.revision, nodes))
    }
}

impl Answer {
    pub(super) fn new(id: u64, outcome: Result<u32, RegistryError>) -> Self {
        let outcome = match outcome {
            Ok(number) => answer::Outcome::Number(number),
            Err(error) => {
                let reason = match error {
                    RegistryError::Gone => Reason::Gone,
                    RegistryError::Away(_) | RegistryError::Refused(_) => Reason::Refused,
                };
                let text = error.to_string();
                answer::Outcome::Refusal(Refusal { reason: reason.into(), text })
            }
        };
        Self { id, outcome: Some(outcome) }
    }

    pub(super) fn outcome(self) -> Result<u32, RegistryError> {
        match self.outcome {
            Some(answer::Outcome::Number(number)) => Ok(number),
            Some(answer::Outcome::Refusal(refusal)) => Err(match refusal.reason() {
                Reason::Gone => RegistryError::Gone,
                Reason::Refused => RegistryError::Refused(shown(&refusal.text)),
            }),
            None => Err(RegistryError::Away("the master answered nothing".to_owned())),
        }
    }
}

/// A peer's text, for the log.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(512).flat_map(char::escape_debug).collect()
}
