//! A gate and its shards, all in this process, and two members of each guild.

use std::collections::BTreeMap;

use nano::client::Client;
use nano::{App, Cluster, Error, Result, Server, Tcp};
use tokio::sync::mpsc;

use crate::GUILDS;
use crate::desk::{Desk, DeskPush, shard};
use crate::guilds::{Guilds, Vault};

/// The gold that each member pays.
pub(crate) const PAYMENT: u32 = 10;

/// The vaults of all guilds, by their names.
pub(crate) type Vaults = BTreeMap<&'static str, Vault>;

pub(crate) struct World {
    gate: Server,
    shards: BTreeMap<String, Server>,
    members: Vec<(&'static str, Client)>,
    /// The names of the shards that have joined, as a client of the gate is told.
    joined: mpsc::UnboundedReceiver<String>,
}

impl World {
    /// Starts the gate, and lets two members of each guild come in.
    pub(crate) async fn start() -> Result<Self> {
        let cluster = Cluster::bind("127.0.0.1:0").name("gate").master().route("guilds", shard);
        let gate = App::new().component(Desk).push(DeskPush).listen(Tcp::bind("127.0.0.1:0"));
        let gate = gate.cluster(cluster).start().await?;
        let url = format!("tcp://{}", gate.addresses()[0]);

        let (names, joined) = mpsc::unbounded_channel();
        let mut members = Vec::new();
        for guild in GUILDS.into_iter().chain(GUILDS) {
            let client = Client::connect(&url).await?;
            client.request::<_, ()>("desk.enter", &guild).await?;
            members.push((guild, client));
        }
        let (_, first) = &members[0];
        // Nobody waits for the names when the world ends.
        first.on("onShard", move |name: String| drop(names.send(name)));
        Ok(Self { gate, shards: BTreeMap::new(), members, joined })
    }

    /// Starts a shard, and waits until the gate knows it.
    pub(crate) async fn add(&mut self, name: &str) -> Result<()> {
        let address = self.gate.cluster_address().expect("the gate is a node").to_string();
        let cluster = Cluster::bind("127.0.0.1:0").name(name).join(address);
        let server = App::new().component(Guilds::new(name)).cluster(cluster).start().await?;
        self.shards.insert(name.to_owned(), server);
        while let Some(joined) = self.joined.recv().await {
            if joined == name {
                return Ok(());
            }
        }
        Err(Error::internal("the gate has closed the connection"))
    }

    /// Ends a shard.
    pub(crate) async fn end(&mut self, name: &str) {
        if let Some(server) = self.shards.remove(name) {
            server.shutdown().await;
        }
    }

    /// Lets each member pay, and returns the vaults afterwards.
    ///
    /// # Errors
    ///
    /// An error of a payment, or two members of one guild who do not meet.
    pub(crate) async fn pay(&self) -> Result<Vaults> {
        let mut vaults = Vaults::new();
        for (guild, client) in &self.members {
            let vault: Vault = client.request("guilds.pay", &PAYMENT).await?;
            if let Some(earlier) = vaults.insert(guild, vault.clone())
                && earlier.shard != vault.shard
            {
                let (one, other) = (earlier.shard, vault.shard);
                return Err(Error::internal(format!("{guild} is on {one} and on {other}")));
            }
        }
        Ok(vaults)
    }

    /// Ends all nodes.
    pub(crate) async fn close(self) {
        for server in self.shards.into_values() {
            server.shutdown().await;
        }
        self.gate.shutdown().await;
    }
}
