//! The settings of a node.

mod check;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::choice::Choice;
use super::go::GoNano;
use super::loss::OnLoss;
use super::registry::Registry;
use super::tls::NodeTls;

/// The largest number of a node: it takes 26 bits of a session's id.
pub(super) const LARGEST_NUMBER: u32 = (1 << 26) - 1;

/// This node, and the way to the other nodes of its cluster, for [`App::cluster`](crate::App::cluster).
///
/// The page [`nodes`](crate::nodes) describes what nodes do together, and what they do not do yet.
///
/// # Examples
///
/// The nodes of a game: a gate, which is the master as well, and a node with the components:
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
///     .cluster(Cluster::bind("127.0.0.1:7801").master());
/// let backend = App::new()
///     .component(Chat)
///     .cluster(Cluster::bind("127.0.0.1:7802").join("127.0.0.1:7801").name("chat-1"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a node is nothing without its app: see `App::cluster`"]
pub struct Cluster {
    pub(super) address: String,
    pub(super) advertised: Option<String>,
    pub(super) name: Option<String>,
    pub(super) cluster: String,
    pub(super) members: Members,
    pub(super) is_trusted: bool,
    pub(super) tls: Option<NodeTls>,
    /// The application's choices of nodes, by component.
    pub(super) choices: BTreeMap<String, Choice>,
    /// It takes clients, also without listeners.
    pub(super) is_gate: bool,
    pub(super) is_behind_proxy: bool,
    pub(super) is_strict: bool,
    pub(super) on_fenced: OnFenced,
    /// What becomes of sessions that lose their rooms, by component.
    pub(super) on_loss: BTreeMap<String, OnLoss>,
    /// The nodes of Go nano that it works with.
    pub(super) go: Option<GoNano>,
    faults: Vec<String>,
    /// Links are made by the test, and there are no sockets.
    #[cfg(test)]
    pub(super) is_wired_by_hand: bool,
    /// The clock of a master.
    #[cfg(test)]
    pub(super) clock: Option<fn() -> u32>,
}

/// The place that says which nodes there are.
#[derive(Clone)]
pub(super) enum Members {
    /// None was given yet.
    None,
    Fixed(Fixed),
    Master,
    Join(String),
    /// The master is a node of Go nano.
    JoinGo(String),
    Registry(Arc<dyn Registry>),
}

/// A list of nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Fixed {
    pub(super) number: u32,
    pub(super) members: BTreeMap<u32, String>,
}

/// The end of a node that is not in its cluster any more, for [`Cluster::on_fenced`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnFenced {
    /// It closes its sessions and rooms, and joins under a new number.
    #[default]
    Rejoin,
    /// The app shuts down, and [`Server::run`](crate::Server::run) returns an error, so that a supervisor starts the
    /// process again.
    Exit,
}

impl Cluster {
    /// A node that other nodes reach at `address`.
    ///
    /// One of [`master`](Self::master), [`join`](Self::join), [`registry`](Self::registry) and [`number`](Self::number)
    /// says how it finds them.
    ///
    /// An address that other machines can reach is refused without [`tls`](Self::tls), unless
    /// [`trusted_network`](Self::trusted_network) allows for it.
    pub fn bind(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            advertised: None,
            name: None,
            cluster: "nano".to_owned(),
            members: Members::None,
            is_trusted: false,
            tls: None,
            choices: BTreeMap::new(),
            is_gate: false,
            is_behind_proxy: false,
            is_strict: false,
            on_fenced: OnFenced::default(),
            on_loss: BTreeMap::new(),
            go: None,
            faults: Vec::new(),
            #[cfg(test)]
            is_wired_by_hand: false,
            #[cfg(test)]
            clock: None,
        }
    }

    /// Sets the address at which other nodes reach this one, where it is not the one that it binds: behind NAT, or when it
    /// binds all addresses of the machine.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::Cluster;
    ///
    /// let node = Cluster::bind("0.0.0.0:7800")
    ///     .advertise("chat-1.internal:7800")
    ///     .trusted_network()
    ///     .join("master.internal:7800");
    /// ```
    pub fn advertise(mut self, address: impl Into<String>) -> Self {
        self.advertised = Some(address.into());
        self
    }

    /// Sets the name of this node, which no other node of the cluster has: its address by default.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the name of the cluster: `nano` by default. Nodes of clusters with other names are refused.
    pub fn cluster_name(mut self, name: impl Into<String>) -> Self {
        self.cluster = name.into();
        self
    }

    /// Makes this node the master: it keeps the list of all nodes, in its memory.
    ///
    /// A master that starts waits for five seconds before it lets anybody in, itself included: it may have been
    /// restarted, and the nodes that are still there come back first.
    pub fn master(self) -> Self {
        self.by(Members::Master)
    }

    /// Joins the cluster of the master at `address`.
    pub fn join(self, address: impl Into<String>) -> Self {
        self.by(Members::Join(address.into()))
    }

    /// Joins the cluster that a registry of your own keeps.
    pub fn registry(self, registry: impl Registry) -> Self {
        self.by(Members::Registry(Arc::new(registry)))
    }

    fn by(mut self, members: Members) -> Self {
        if !matches!(self.members, Members::None) {
            let (one, other) = (self.members.describe(), members.describe());
            self.faults
                .push(format!("{one} and {other} are both given; one of them says who is a node"));
        }
        self.members = members;
        self
    }

    /// Changes the list of nodes, which there may not be yet.
    fn list(mut self, change: impl FnOnce(&mut Fixed)) -> Self {
        if !matches!(self.members, Members::Fixed(_)) {
            self = self.by(Members::Fixed(Fixed::default()));
        }
        if let Members::Fixed(list) = &mut self.members {
            change(list);
        }
        self
    }

    /// Makes the nodes a list that never changes, and sets the number of this one in it, which no other has: 1 to
    /// 67,108,863.
    pub fn number(self, number: u32) -> Self {
        self.list(|list| list.number = number)
    }

    /// Adds another node to the list, by its number. Of two nodes the one with the greater number connects to the
    /// address of the other.
    pub fn member(self, number: u32, address: impl Into<String>) -> Self {
        let mut is_double = false;
        let mut this =
            self.list(|list| is_double = list.members.insert(number, address.into()).is_some());
        if is_double {
            this.faults.push(format!("two members have the number {number}"));
        }
        this
    }

    /// Lets this node work with nodes of Go nano, by their protocol: see [`go_nano`](crate::go_nano).
    pub fn go_nano(mut self, go: GoNano) -> Self {
        if let Some(master) = &go.master {
            self = self.by(Members::JoinGo(master.clone()));
        }
        self.go = Some(go);
        self
    }

    /// Tells the others that this node takes clients: see [`Node::is_gate`](crate::Node::is_gate). A node with listeners does
    /// so by itself. One whose clients come by `Server::axum_route` alone has none.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::Cluster;
    ///
    /// let node = Cluster::bind("10.0.0.2:7800").join("10.0.0.1:7800").gate();
    /// ```
    pub fn gate(mut self) -> Self {
        self.is_gate = true;
        self
    }

    /// Sets what becomes of this node when the others have given it up: [`OnFenced::Rejoin`] by default.
    pub fn on_fenced(mut self, on_fenced: OnFenced) -> Self {
        self.on_fenced = on_fenced;
        self
    }

    /// Lets this node give itself up when it has not reached the registry for as long as the registry waits for it. By
    /// default it goes on, until it hears that the others have given it up.
    pub fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// Lets refused connections say nothing about a node: a proxy in front of the nodes refuses them, too. By default a
    /// node whose links broke and whose address refuses three connections counts as gone.
    pub fn behind_proxy(mut self) -> Self {
        self.is_behind_proxy = true;
        self
    }

    /// Lets nodes speak TLS, and take only those for nodes that have a certificate of the cluster's own authority. All
    /// nodes of a cluster do, or none.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{Cluster, NodeTls};
    ///
    /// let node = Cluster::bind("10.0.0.5:7800")
    ///     .join("10.0.0.1:7800")
    ///     .tls(NodeTls::files("certs/ca.pem", "certs/chat-1.pem", "certs/chat-1.key"));
    /// ```
    pub fn tls(mut self, tls: NodeTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Allows for addresses of other machines without [`tls`](Self::tls): whoever reaches them can act as a node. For
    /// networks that nobody else is in.
    pub fn trusted_network(mut self) -> Self {
        self.is_trusted = true;
        self
    }

    /// The address at which others reach the node, as far as it is known before the start.
    pub(super) fn shown_address(&self) -> &str {
        self.advertised.as_ref().unwrap_or(&self.address)
    }

    pub(super) fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.shown_address())
    }
}

impl Members {
    fn describe(&self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Fixed(_) => "a list of numbers",
            Self::Master => "`.master()`",
            Self::Join(_) => "`.join(..)`",
            Self::JoinGo(_) => "`GoNano::master(..)`",
            Self::Registry(_) => "`.registry(..)`",
        }
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe())
    }
}
