//! The component of the gate, to which players say of which guild they are.

use nano::{Context, Error, Node, Result, Session, component, push};

use crate::GUILDS;

pub(crate) struct Desk;

/// The messages that the gate pushes to its clients.
#[push]
pub(crate) trait DeskPush {
    /// A node with guilds has joined. Messages that are sent from now on may reach it.
    #[push(name = "onShard")]
    fn shard_joined(name: String);
}

#[component]
impl Desk {
    /// Chooses the guild that the player's messages are about.
    #[handler]
    fn enter(&self, session: &Session, guild: String) -> Result<()> {
        if !GUILDS.contains(&guild.as_str()) {
            return Err(Error::reject("unknown_guild", format!("there is no guild {guild:?}")));
        }
        session.data().set("guild", &guild)?;
        // Another guild may live on another node: the next message chooses anew.
        session.unroute("guilds");
        Ok(())
    }

    /// A session keeps its node, also when a newer one would be chosen for its guild. So that the members of a guild stay
    /// together, all sessions choose anew.
    #[on(node_joined)]
    fn joined(&self, node: &Node, ctx: &Context<Self>) -> Result<()> {
        if !node.has("guilds") {
            return Ok(());
        }
        for session in ctx.everyone().sessions() {
            session.unroute("guilds");
        }
        DeskPush::to(&ctx.everyone()).shard_joined(&node.name().to_owned())
    }
}

/// Returns the number of the node on which the session's guild lives: the choice of [`nano::Cluster::route`].
pub(crate) fn shard(session: &Session, nodes: &[Node]) -> Option<u32> {
    let guild: String = session.data().get("guild").ok()??;
    Node::for_key(nodes, &guild).map(Node::number)
}
