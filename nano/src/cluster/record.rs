//! The record of a node, as a registry keeps it and tells it to others.

use super::config::LARGEST_NUMBER;
use crate::proto::registry::{Record, State};
use crate::{Node, NodeState};

/// The longest name and address of a node, and name of a component.
const LONGEST_TEXT: usize = 255;

/// The most components of a node that the others are told.
const MOST_COMPONENTS: usize = 1024;

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
