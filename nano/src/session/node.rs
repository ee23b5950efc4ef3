//! The nodes of a cluster, as applications see them.

use std::fmt;
use std::sync::Arc;

/// A node of the cluster: one start of one process.
///
/// A process that starts again is another node, with another number. Cheap to clone.
///
/// # Examples
///
/// ```
/// use nano::{Node, NodeState};
///
/// let node = Node::new(7, "chat-1", "10.0.0.5:7800").with_components(["chat"]);
/// assert_eq!((node.number(), node.name(), node.address()), (7, "chat-1", "10.0.0.5:7800"));
/// assert!(node.has("chat") && !node.is_gate());
/// assert_eq!(node.state(), NodeState::Serving);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Node(Arc<Record>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    number: u32,
    name: String,
    address: String,
    components: Vec<String>,
    is_gate: bool,
    is_of_go_nano: bool,
    state: NodeState,
}

/// The state of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeState {
    /// It takes whatever comes.
    #[default]
    Serving,
    /// It is about to leave: sessions that are not its own yet go to others, where there are any. See
    /// [`drain`](crate::drain).
    Draining,
}

impl Node {
    /// A node that serves no components, and no clients.
    pub fn new(number: u32, name: impl Into<String>, address: impl Into<String>) -> Self {
        Self(Arc::new(Record {
            number,
            name: name.into(),
            address: address.into(),
            components: Vec::new(),
            is_gate: false,
            is_of_go_nano: false,
            state: NodeState::Serving,
        }))
    }

    /// The same node with these components, by their names.
    pub fn with_components<S: Into<String>>(
        mut self,
        components: impl IntoIterator<Item = S>,
    ) -> Self {
        let record = self.record();
        record.components = components.into_iter().map(Into::into).collect();
        record.components.sort();
        self
    }

    /// The same node, which takes clients or does not.
    pub fn with_gate(mut self, is_gate: bool) -> Self {
        self.record().is_gate = is_gate;
        self
    }

    /// The same node, as one of Go nano's.
    #[cfg(feature = "cluster")]
    pub(crate) fn of_go_nano(mut self) -> Self {
        self.record().is_of_go_nano = true;
        self
    }

    /// The same node in another state.
    pub fn with_state(mut self, state: NodeState) -> Self {
        self.record().state = state;
        self
    }

    /// The same node with another number.
    pub fn with_number(mut self, number: u32) -> Self {
        self.record().number = number;
        self
    }

    fn record(&mut self) -> &mut Record {
        Arc::make_mut(&mut self.0)
    }

    /// Its number, which no other node had before it, or will have.
    pub fn number(&self) -> u32 {
        self.0.number
    }

    /// Its name: `Cluster::name`, or its address.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The address at which other nodes reach it.
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// The names of its components, in alphabetical order.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.components.iter().map(String::as_str)
    }

    /// Returns `true` if it has the component.
    pub fn has(&self, component: &str) -> bool {
        self.components().any(|other| other == component)
    }

    /// Returns `true` if it takes clients: it has listeners, or `Cluster::gate` says so.
    pub fn is_gate(&self) -> bool {
        self.0.is_gate
    }

    /// Returns `true` if it is a node of Go nano: see `Cluster::go_nano`. Its number is one that only this node knows it by,
    /// and whether it takes clients is not known.
    pub fn is_of_go_nano(&self) -> bool {
        self.0.is_of_go_nano
    }

    /// Its state.
    pub fn state(&self) -> NodeState {
        self.0.state
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
