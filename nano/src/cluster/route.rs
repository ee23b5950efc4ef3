//! The application's choice of the nodes that serve sessions.

use std::fmt;
use std::sync::Arc;

use super::choice::Choice;
use super::config::Cluster;
use super::rendezvous;
use crate::{Node, Session};

impl Cluster {
    /// Lets the application choose the node that serves a session's messages for a component: `choose` is given the
    /// session and the nodes that have the component and can be reached, and returns the number of one of them. With
    /// `None` the framework chooses, as it does without this.
    ///
    /// A gate asks it for the first message of a session to the component, and again when the node was lost, or after
    /// [`Session::unroute`]. A gate that has the component itself serves its own clients, and does not ask. A number
    /// that is not among those given is an error: the message is answered with `unavailable`.
    ///
    /// # Examples
    ///
    /// Players of one realm meet on one node:
    ///
    /// ```
    /// use nano::Cluster;
    ///
    /// let cluster = Cluster::bind("127.0.0.1:7801").number(1).member(2, "127.0.0.1:7802").route(
    ///     "field",
    ///     |session, nodes| {
    ///         let realm: usize = session.data().get("realm").ok()??;
    ///         let node = nodes.get(realm % nodes.len())?;
    ///         Some(node.number())
    ///     },
    /// );
    /// ```
    pub fn route(
        mut self,
        component: impl Into<String>,
        choose: impl Fn(&Session, &[Node]) -> Option<u32> + Send + Sync + 'static,
    ) -> Self {
        self.choices.insert(component.into(), Choice(Arc::new(choose)));
        self
    }
}

impl Node {
    /// Returns the node of a key: the same one for the same key, as long as the nodes stay the same; `None` if there are
    /// none. When a node comes or goes, only the keys that it gets or had move.
    ///
    /// It is meant for [`Cluster::route`], and finds the node that [`Nodes::key`](crate::Nodes::key) calls. The text of the
    /// key counts: 7 and `"7"` are one key.
    ///
    /// # Examples
    ///
    /// The members of a guild meet on one node:
    ///
    /// ```
    /// use nano::{Cluster, Node};
    ///
    /// let cluster = Cluster::bind("127.0.0.1:7801").join("127.0.0.1:7800").route("guild", |session, nodes| {
    ///     let guild: String = session.data().get("guild").ok()??;
    ///     Node::for_key(nodes, &guild).map(Node::number)
    /// });
    /// ```
    pub fn for_key(nodes: &[Self], key: impl fmt::Display) -> Option<&Self> {
        let key = rendezvous::number(&key.to_string());
        nodes.iter().max_by_key(|node| rendezvous::weight(key, node.number()))
    }
}
