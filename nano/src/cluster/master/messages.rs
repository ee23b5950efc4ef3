//! The messages between a master and other nodes, and their checks.

pub(super) use crate::proto::registry::{
    Answer, Ask, Gone, Join, Leave, Reason, Record, Refusal, Renew, State, Told, Update, View,
    answer, ask, registry_client, registry_server, told,
};

use crate::cluster::config::LARGEST_NUMBER;
use crate::cluster::master::tables::MOST_NODES;
use crate::cluster::registry::{self, RegistryError};
use crate::{Node, NodeState};

/// The longest name and address of a node, and name of a component.
const LONGEST_TEXT: usize = 255;

/// The most components of a node that the others are told.
const MOST_COMPONENTS: usize = 1024;

/// The largest message to a master, and the largest of one: a view of all nodes.
pub(super) const LARGEST_ASK: usize = MOST_COMPONENTS * (LONGEST_TEXT + 8);
pub(super) const LARGEST_TOLD: usize = MOST_NODES * LARGEST_ASK;

impl Record {
    pub(super) fn of(node: &Node) -> Self {
        Self {
            number: node.number(),
            name: node.name().to_owned(),
            address: node.address().to_owned(),
            components: node.components().map(str::to_owned).collect(),
            gate: node.is_gate(),
            state: State::of(node.state()).into(),
        }
    }

    /// The node, unless it cannot be one.
    pub(super) fn into_node(self) -> Option<Node> {
        let fits = |text: &String| (1..=LONGEST_TEXT).contains(&text.len());
        let is_fine = self.number <= LARGEST_NUMBER
            && fits(&self.name)
            && fits(&self.address)
            && self.components.len() <= MOST_COMPONENTS
            && self.components.iter().all(fits);
        is_fine.then(|| {
            let state = self.state().into_state();
            Node::new(self.number, self.name, self.address)
                .with_components(self.components)
                .with_gate(self.gate)
                .with_state(state)
        })
    }
}

impl State {
    pub(super) fn of(state: NodeState) -> Self {
        match state {
            NodeState::Serving => Self::Serving,
            NodeState::Draining => Self::Draining,
        }
    }

    pub(super) fn into_state(self) -> NodeState {
        match self {
            Self::Serving => NodeState::Serving,
            Self::Draining => NodeState::Draining,
        }
    }
}

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
