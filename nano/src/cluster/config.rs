//! The settings of a node.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::choice::Choice;

/// The largest number of a node: it takes 26 bits of a session's id.
const LARGEST_NUMBER: u32 = (1 << 26) - 1;

/// This node, and the other nodes of its cluster, for [`App::cluster`](crate::App::cluster).
///
/// The page [`nodes`](crate::nodes) describes what nodes do together, and what they do not do yet.
///
/// # Examples
///
/// The nodes of a game on one machine, a gate and a node with the components:
///
/// ```
/// use nano::{App, Cluster, WebSocket, component};
///
/// struct Chat;
///
/// #[component]
/// impl Chat {
///     #[handler]
///     fn say(&self, text: String) -> String {
///         text
///     }
/// }
///
/// let gate = App::new()
///     .listen(WebSocket::bind("0.0.0.0:3250"))
///     .cluster(Cluster::bind("127.0.0.1:7801").number(1).member(2, "127.0.0.1:7802"));
/// let backend = App::new()
///     .component(Chat)
///     .cluster(Cluster::bind("127.0.0.1:7802").number(2).member(1, "127.0.0.1:7801"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a node is nothing without its app: see `App::cluster`"]
pub struct Cluster {
    pub(super) address: String,
    pub(super) name: String,
    pub(super) number: u32,
    pub(super) members: BTreeMap<u32, String>,
    pub(super) is_trusted: bool,
    /// The application's choices of nodes, by component.
    pub(super) choices: BTreeMap<String, Choice>,
    doubled: Option<u32>,
    /// Links are made by the test, and there are no sockets.
    #[cfg(test)]
    pub(super) is_wired_by_hand: bool,
}

impl Cluster {
    /// A node that other nodes reach at `address`.
    ///
    /// There is no encryption between nodes yet: an address that is not of this machine is refused, unless
    /// [`trusted_network`](Self::trusted_network) allows for it.
    pub fn bind(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            name: "nano".to_owned(),
            number: 0,
            members: BTreeMap::new(),
            is_trusted: false,
            choices: BTreeMap::new(),
            doubled: None,
            #[cfg(test)]
            is_wired_by_hand: false,
        }
    }

    /// Sets the name of the cluster: `nano` by default. Nodes of clusters with other names are refused.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the number of this node, which no other node of the cluster has: 1 to 67,108,863.
    pub fn number(mut self, number: u32) -> Self {
        self.number = number;
        self
    }

    /// Adds another node of the cluster by its number. Of two nodes the one with the greater number connects to the
    /// address of the other.
    pub fn member(mut self, number: u32, address: impl Into<String>) -> Self {
        if self.members.insert(number, address.into()).is_some() {
            self.doubled = Some(number);
        }
        self
    }

    /// Allows for addresses of other machines, without encryption: whoever reaches them can act as a node. For networks
    /// that nobody else is in.
    pub fn trusted_network(mut self) -> Self {
        self.is_trusted = true;
        self
    }

    /// Reports what cannot work.
    pub(crate) fn check(&self, problems: &mut Vec<String>) {
        let mut check = |number: u32, whose: &str| {
            if !(1..=LARGEST_NUMBER).contains(&number) {
                problems.push(format!(
                    "cluster: the number of {whose} is {number}; 1 to {LARGEST_NUMBER} are numbers of nodes"
                ));
            }
        };
        check(self.number, "this node");
        self.members.keys().for_each(|number| check(*number, "a member"));
        if self.members.contains_key(&self.number) {
            let number = self.number;
            problems.push(format!("cluster: this node and a member both have the number {number}"));
        }
        if let Some(number) = self.doubled {
            problems.push(format!("cluster: two members have the number {number}"));
        }
        if self.name.is_empty() || self.name.len() > 255 {
            let len = self.name.len();
            problems.push(format!("cluster: its name has {len} bytes; 1 to 255 fit"));
        }
    }

    /// The fault of an address that was bound.
    pub(super) fn address_fault(&self, bound: SocketAddr) -> Option<String> {
        (!self.is_trusted && !bound.ip().is_loopback()).then(|| {
            format!(
                "cluster: {bound} can be reached from other machines, and nothing is encrypted: bind a \
                 loopback address, or say `.trusted_network()` if nobody else is in that network"
            )
        })
    }
}
