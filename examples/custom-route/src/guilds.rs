//! The component of the shards, in which the guilds live.

use std::collections::HashMap;

use nano::{Error, Result, Session, component};
use serde::{Deserialize, Serialize};

/// The guilds of one node.
pub(crate) struct Guilds {
    shard: String,
    vaults: HashMap<String, u64>,
}

impl Guilds {
    pub(crate) fn new(shard: &str) -> Self {
        Self { shard: shard.to_owned(), vaults: HashMap::new() }
    }
}

/// The vault of a guild after a payment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Vault {
    /// The node on which the guild lives.
    pub(crate) shard: String,
    pub(crate) gold: u64,
}

#[component]
impl Guilds {
    /// Pays gold into the vault of the player's guild.
    #[handler]
    fn pay(&mut self, session: &Session, gold: u32) -> Result<Vault> {
        let guild: Option<String> = session.data().get("guild")?;
        let guild = guild.ok_or_else(|| Error::reject("no_guild", "enter a guild first"))?;
        // A guild that is not here yet has lived on another node before, or nowhere. A game would read its vault from a
        // database now, and write it there with each payment.
        let sum = self.vaults.entry(guild).or_default();
        *sum += u64::from(gold);
        Ok(Vault { shard: self.shard.clone(), gold: *sum })
    }
}
