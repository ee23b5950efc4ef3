//! The nodes of an app, and their components as targets of calls.

use std::fmt;

use super::caller::AppCaller;
use super::calls::CallTarget;
use super::directory::Directory;
use super::node::Node;

/// The nodes of an app, and targets of calls to them, from [`Context::node`](crate::Context::node),
/// [`Handle::node`](crate::Handle::node) or [`Server::node`](crate::Server::node).
///
/// An app without a cluster is one node, which every target means: code that calls by name or key works there, too. The
/// page [`calls`](crate::calls) has the rules.
///
/// # Examples
///
/// ```
/// use nano::{component, Context, Result};
///
/// #[derive(Default)]
/// struct Guilds { founded: u32 }
///
/// #[component]
/// impl Guilds {
///     #[handler(internal)]
///     fn found(&mut self, name: String) -> u32 {
///         self.founded += 1;
///         self.founded
///     }
/// }
///
/// struct Lobby;
///
/// #[component]
/// impl Lobby {
///     #[handler]
///     async fn found(&self, name: String, ctx: &Context<Self>) -> Result<u32> {
///         // All calls for one guild go to one node.
///         GuildsClient::new(&ctx.node().key(&name)).found(&name).await
///     }
/// }
/// ```
pub struct Nodes {
    directory: Directory,
}

impl Nodes {
    pub(crate) fn new(directory: Directory) -> Self {
        Self { directory }
    }

    /// Returns this node, as the others know it.
    ///
    /// Its number is greater than those of all nodes that started before it, and changes when the node was given up and joins
    /// again: what the node writes to a database can carry it, see [`nodes`](crate::nodes#writes-to-databases). It is 0 until
    /// the node has joined, and in an app without a cluster, which has no name and no address.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context};
    ///
    /// struct Status;
    ///
    /// #[component]
    /// impl Status {
    ///     #[handler(guest)]
    ///     fn whoami(&self, ctx: &Context<Self>) -> u32 {
    ///         ctx.node().me().number()
    ///     }
    /// }
    /// ```
    pub fn me(&self) -> Node {
        #[cfg(feature = "cluster")]
        if let Some(everywhere) = self.directory.everywhere() {
            return everywhere.me();
        }
        Node::new(0, "", "")
    }

    /// Returns the nodes of the cluster, in the order of their numbers, as far as this node has heard: this one, the others,
    /// those of Go nano among them. While this node is no member it knows of nobody. An app without a cluster is one node.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> nano::Result<()> {
    /// let server = nano::App::new().start().await?;
    /// let gates = server.node().all().into_iter().filter(|node| node.is_gate());
    /// assert_eq!((gates.count(), server.node().all().len()), (0, 1));
    /// # server.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn all(&self) -> Vec<Node> {
        #[cfg(feature = "cluster")]
        if let Some(everywhere) = self.directory.everywhere() {
            return everywhere.all();
        }
        vec![self.me()]
    }

    /// A caller of components on any node: this one, if it has the component, and else each of the others in turn.
    pub fn any(&self) -> AppCaller {
        self.caller(CallTarget::Any)
    }

    /// A caller of components on the node with this name: that of `Cluster::name`, or its address.
    pub fn named(&self, name: impl Into<String>) -> AppCaller {
        self.caller(CallTarget::Named(name.into()))
    }

    /// A caller of components on the node with this number.
    pub fn number(&self, number: u32) -> AppCaller {
        self.caller(CallTarget::Number(number))
    }

    /// A caller of components that finds the same node for the same key, as long as the nodes that have the component
    /// stay the same. When a node comes or goes, only the keys that it gets or had move.
    ///
    /// The text of the key counts: 7 and `"7"` are one key.
    pub fn key(&self, key: impl fmt::Display) -> AppCaller {
        self.caller(CallTarget::Key(key.to_string()))
    }

    /// A caller of components on the node with the fewest sessions, of those that have the component, this one included: for
    /// what brings sessions along, such as a room that is to be opened.
    ///
    /// A session counts on its gate, and on each node that has served a message of it. Nodes tell their numbers once a second;
    /// the calls that this node has made since count as one session each, so that a burst of them goes to several nodes.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context, Result};
    ///
    /// #[derive(Default)]
    /// struct Zone;
    ///
    /// #[component(room)]
    /// impl Zone {}
    ///
    /// /// A component of the nodes that are to have zones.
    /// struct Opener;
    ///
    /// #[component]
    /// impl Opener {
    ///     #[handler(internal)]
    ///     async fn open(&self, name: String, ctx: &Context<Self>) -> Result<()> {
    ///         ctx.open_named(name, Zone).await?;
    ///         Ok(())
    ///     }
    /// }
    ///
    /// struct World;
    ///
    /// #[component]
    /// impl World {
    ///     #[handler]
    ///     async fn found(&self, name: String, ctx: &Context<Self>) -> Result<()> {
    ///         OpenerClient::new(&ctx.node().least_loaded()).open(&name).await
    ///     }
    /// }
    /// ```
    pub fn least_loaded(&self) -> AppCaller {
        self.caller(CallTarget::LeastLoaded)
    }

    pub(crate) fn caller(&self, target: CallTarget<super::Session>) -> AppCaller {
        AppCaller::new(&self.directory.common, target)
    }
}

impl fmt::Debug for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nodes")
    }
}
