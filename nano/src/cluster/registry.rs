//! The registry of a cluster: the place that decides which nodes there are.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use tokio::sync::{broadcast, watch};

use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
use crate::{Node, NodeState};

/// What a [`Registry`] will have answered.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, RegistryError>> + Send + 'a>>;

/// The place that decides which nodes a cluster has, for [`Cluster::registry`](crate::Cluster::registry).
///
/// [`Cluster::master`](crate::Cluster::master) and [`Cluster::join`](crate::Cluster::join) have one, in the memory of a
/// node; a registry of your own can keep the nodes elsewhere. It promises:
///
/// - **Numbers.** Each node that joins gets a number that is greater than all that were ever given in this cluster, 1 to
///   67,108,863.
/// - **Leases.** A node is in the cluster for five seconds after it joined or renewed. Then it is gone, and its number
///   never comes back.
/// - **Views.** All nodes see the same views in the same order, each with a greater revision than the one before.
/// - **One node for each name and each address.** A node that joins takes the place of another at the same address, which
///   cannot live any more. One with the name of another waits for the other's lease to end, and is refused if the other
///   renews it.
/// - **Claims**, if it [keeps](Registry::keeps_claims) them. A name has one holder, which keeps it until it releases it, until
///   another one replaces it, of which its node is [told](Registry::lost), or until its node is gone.
///
/// Each call may be dropped before it is ready, and is made again; a registry that cannot be reached answers
/// [`RegistryError::Away`]. Connections are its own business.
///
/// # Examples
///
/// A registry of one process, which can hold the nodes of a test:
///
/// ```
/// use std::sync::Mutex;
/// use nano::{Asked, Node, NodeState, Registry, RegistryError, View};
/// use tokio::sync::watch;
///
/// #[derive(Debug)]
/// struct Here {
///     nodes: Mutex<Vec<Node>>,
///     view: watch::Sender<View>,
/// }
///
/// impl Here {
///     fn change<T>(&self, change: impl FnOnce(&mut Vec<Node>) -> T) -> T {
///         let mut nodes = self.nodes.lock().unwrap();
///         let outcome = change(&mut nodes);
///         self.view.send_modify(|view| *view = View::new(view.revision() + 1, nodes.clone()));
///         outcome
///     }
/// }
///
/// impl Registry for Here {
///     fn join<'a>(&'a self, node: &'a Node, highest: u32) -> Asked<'a, u32> {
///         let number = highest.max(self.view.borrow().highest()) + 1;
///         self.change(|nodes| nodes.push(node.clone().with_number(number)));
///         Box::pin(async move { Ok(number) })
///     }
///
///     fn renew(&self, number: u32) -> Asked<'_, ()> {
///         let is_here = self.view.borrow().node(number).is_some();
///         Box::pin(async move { if is_here { Ok(()) } else { Err(RegistryError::Gone) } })
///     }
///
///     fn update(&self, number: u32, state: NodeState) -> Asked<'_, ()> {
///         self.change(|nodes| {
///             for node in nodes.iter_mut().filter(|node| node.number() == number) {
///                 *node = node.clone().with_state(state);
///             }
///         });
///         Box::pin(async { Ok(()) })
///     }
///
///     fn leave(&self, number: u32) -> Asked<'_, ()> {
///         self.change(|nodes| nodes.retain(|node| node.number() != number));
///         Box::pin(async { Ok(()) })
///     }
///
///     fn report_gone(&self, number: u32) -> Asked<'_, ()> {
///         self.leave(number)
///     }
///
///     fn views(&self) -> watch::Receiver<View> {
///         self.view.subscribe()
///     }
/// }
/// ```
pub trait Registry: fmt::Debug + Send + Sync + 'static {
    /// Takes the name of the cluster, before everything else. A registry that keeps several clusters keeps them apart by it.
    fn of_cluster(&self, name: &str) {
        let _ = name;
    }

    /// Brings a node into the cluster, and returns its number. `highest` is the highest number that the node knows of.
    ///
    /// A node with the number 0 is new. One with another number was in the cluster, and lost the registry: it stays under
    /// its number, if the registry was away for all, and is [`Gone`](RegistryError::Gone) otherwise.
    fn join<'a>(&'a self, node: &'a Node, highest: u32) -> Asked<'a, u32>;

    /// Renews the lease of a node, which does so every second.
    fn renew(&self, number: u32) -> Asked<'_, ()>;

    /// Changes the state of a node.
    fn update(&self, number: u32, state: NodeState) -> Asked<'_, ()>;

    /// Takes a node out of the cluster, which ends.
    fn leave(&self, number: u32) -> Asked<'_, ()>;

    /// Notes that the process of a node is gone: its links broke, and its address refuses connections. It need not be
    /// waited for any longer.
    fn report_gone(&self, number: u32) -> Asked<'_, ()>;

    /// The views. While the registry is away, the last one stays.
    fn views(&self) -> watch::Receiver<View>;

    /// Returns `true` if it keeps claims: without them users cannot be replaced or refused across gates, and rooms have no
    /// names. By default it keeps none.
    fn keeps_claims(&self) -> bool {
        false
    }

    /// Claims a name for a session or a room, and returns who has it. A claim of a node that is not in the cluster is
    /// [`Gone`](RegistryError::Gone). The same claim again is granted again.
    fn claim<'a>(&'a self, claim: &'a Claim, rule: ClaimRule) -> Asked<'a, Claimed> {
        let _ = (claim, rule);
        Box::pin(async { Err(no_claims()) })
    }

    /// Frees a name, if it is this holder's still. If it was [lost](Registry::lost), that need not be told any more.
    fn release<'a>(&'a self, claim: &'a Claim) -> Asked<'a, ()> {
        let _ = claim;
        Box::pin(async { Err(no_claims()) })
    }

    /// Returns the holder of a name.
    fn find<'a>(&'a self, kind: ClaimKind, name: &'a str) -> Asked<'a, Option<Holder>> {
        let _ = (kind, name);
        Box::pin(async { Err(no_claims()) })
    }

    /// Changes whenever claims may have been forgotten, as by a master that was restarted: each node makes its own
    /// [again](ClaimRule::Again). By default it never does.
    fn forgotten(&self) -> watch::Receiver<u64> {
        watch::channel(0).1
    }

    /// The claims of this node whose names were [replaced](ClaimRule::Replace), as they are lost.
    ///
    /// The node that has the name now tells the loser, too, which is not enough: it may die before it has, and it does not
    /// know of the loser when the answer to its claim was lost, and the claim is granted again. So a loss is noted together
    /// with the claim that causes it, and told to the loser's node until the loser [releases](Registry::release) its name, or
    /// the node claims all its names [again](ClaimRule::Again), as it does after it [was away](Registry::forgotten). What is
    /// told more than once does no harm, and a receiver that missed some claims all names of its node again.
    ///
    /// By default nothing is told, and the channel is closed: that is for registries that keep no claims.
    fn lost(&self) -> broadcast::Receiver<Claim> {
        broadcast::channel(1).1
    }
}

fn no_claims() -> RegistryError {
    RegistryError::Refused("this registry keeps no claims".to_owned())
}

/// All nodes of a cluster at one moment.
///
/// # Examples
///
/// ```
/// use nano::{Node, View};
///
/// let view = View::new(3, vec![Node::new(8, "b", "b:7800"), Node::new(7, "a", "a:7800")]);
/// assert_eq!(view.node(7).map(|node| node.name().to_owned()).as_deref(), Some("a"));
/// assert_eq!((view.revision(), view.highest()), (3, 8));
/// assert_eq!(View::default().revision(), 0); // nothing is known yet
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    revision: u64,
    /// In the order of their numbers.
    nodes: std::sync::Arc<[Node]>,
}

impl View {
    /// A view of these nodes. Revision 0 is that of a registry that has not been reached yet.
    pub fn new(revision: u64, mut nodes: Vec<Node>) -> Self {
        nodes.sort_by_key(Node::number);
        Self { revision, nodes: nodes.into() }
    }

    /// Its place in the order of views.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The nodes, in the order of their numbers.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node with this number.
    pub fn node(&self, number: u32) -> Option<&Node> {
        let at = self.nodes.binary_search_by_key(&number, Node::number).ok()?;
        self.nodes.get(at)
    }

    /// The highest number in it, those of nodes of Go nano left out; 0 when it is empty.
    pub fn highest(&self) -> u32 {
        let mut nodes = self.nodes.iter().rev();
        nodes.find(|node| !node.is_of_go_nano()).map_or(0, Node::number)
    }
}

/// The reason why a registry does not do something.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistryError {
    /// The node is not in the cluster any more.
    Gone,
    /// The registry cannot be reached. It may be asked again.
    Away(String),
    /// It makes no sense to ask again.
    Refused(String),
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("the node is not in the cluster any more"),
            Self::Away(text) => write!(f, "the registry cannot be reached: {text}"),
            Self::Refused(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for RegistryError {}
