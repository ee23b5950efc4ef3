//! The role of a node's process, and the process itself.

use std::io::{Read, stdin};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nano::{App, Cluster, DuplicateLogin, Etcd, Resume, RoomType, Server, Tcp};
use serde::{Deserialize, Serialize};

use super::{Fact, tell};
use crate::game::{Desk, Watch, Zone};
use crate::mill::Mill;
use crate::ports::free_port;
use crate::robots;

/// The role, in the environment of the process.
pub(super) const ROLE: &str = "NANO_TEST_NODE";

/// The part that a node plays.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Role {
    name: String,
    registry: Registry,
    address: String,
    advertised: Option<String>,
    /// The address for clients, of a gate.
    clients: Option<String>,
    /// It has the desk and the zones.
    is_backend: bool,
    is_strict: bool,
    /// Its clients may come back to their sessions.
    is_resumable: bool,
    /// The number of users that are bound here from the beginning.
    users: i64,
    drain: Duration,
    namespace: Option<String>,
    /// The file that says how far its wall clock is off.
    clock: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
enum Registry {
    Master,
    Join(String),
    Etcd(String),
}

/// An address that the node can have again after it was killed.
fn local() -> String {
    format!("127.0.0.1:{}", free_port())
}

impl Role {
    fn new(name: &str, registry: Registry) -> Self {
        Self {
            name: name.to_owned(),
            registry,
            address: local(),
            advertised: None,
            clients: None,
            is_backend: false,
            is_strict: false,
            is_resumable: false,
            users: 0,
            drain: Duration::ZERO,
            namespace: None,
            clock: None,
        }
    }

    /// The master of a cluster, which is neither gate nor backend yet.
    pub(crate) fn master(name: &str) -> Self {
        Self::new(name, Registry::Master)
    }

    /// A node that joins the master at an address.
    pub(crate) fn join(name: &str, master: SocketAddr) -> Self {
        Self::new(name, Registry::Join(master.to_string()))
    }

    /// A node whose cluster is kept in an etcd.
    pub(crate) fn etcd(name: &str, url: &str) -> Self {
        Self::new(name, Registry::Etcd(url.to_owned()))
    }

    /// Lets it take clients.
    pub(crate) fn gate(self) -> Self {
        Self { clients: Some(local()), ..self }
    }

    /// Gives it the desk and the zones.
    pub(crate) fn backend(self) -> Self {
        Self { is_backend: true, ..self }
    }

    /// Sets its addresses, for nodes and for clients.
    pub(crate) fn at(self, cluster: SocketAddr, clients: Option<SocketAddr>) -> Self {
        let clients = clients.map(|address| address.to_string());
        Self { address: cluster.to_string(), clients, ..self }
    }

    /// Sets the address at which other nodes reach it.
    pub(crate) fn advertise(self, address: SocketAddr) -> Self {
        Self { advertised: Some(address.to_string()), ..self }
    }

    /// Lets it give itself up when it does not reach the registry.
    pub(crate) fn strict(self) -> Self {
        Self { is_strict: true, ..self }
    }

    /// Sets the time of the drain that SIGTERM begins.
    pub(crate) fn drain(self, drain: Duration) -> Self {
        Self { drain, ..self }
    }

    /// Lets its clients come back to their sessions.
    pub(crate) fn resumable(self) -> Self {
        Self { is_resumable: true, ..self }
    }

    /// Lets so many users be bound here from the beginning, by clients in its own memory. It tells when they are.
    pub(crate) fn users(self, users: i64) -> Self {
        Self { users, ..self }
    }

    /// Runs it in a network namespace.
    pub(crate) fn within(self, namespace: &str) -> Self {
        Self { namespace: Some(namespace.to_owned()), ..self }
    }

    /// Gives it a wall clock that is off by the seconds in a file.
    pub(crate) fn clock(self, file: &Path) -> Self {
        Self { clock: Some(file.to_owned()), ..self }
    }

    /// Returns `true` if it takes clients.
    pub(crate) fn is_gate(&self) -> bool {
        self.clients.is_some()
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    pub(super) fn own_clock(&self) -> Option<&Path> {
        self.clock.as_deref()
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("it is JSON")
    }

    /// Starts the node in this process.
    pub(crate) async fn start_here(&self) -> Server {
        self.app().start().await.expect("it starts")
    }

    fn app(&self) -> App {
        let node = Cluster::bind(&self.address).name(&self.name).trusted_network();
        let node = match &self.registry {
            Registry::Master => node.master(),
            Registry::Join(master) => node.join(master),
            Registry::Etcd(url) => node.registry(Etcd::new([url])),
        };
        let node = match &self.advertised {
            Some(address) => node.advertise(address),
            None => node,
        };
        let node = if self.is_strict { node.strict() } else { node };
        let app = App::new()
            .component(Watch)
            .duplicate_login(DuplicateLogin::Replace)
            .drain_time(self.drain)
            .byte_rate(None)
            .cluster(node);
        let app = match &self.clients {
            Some(address) => app.listen(Tcp::bind(address)),
            None => app,
        };
        let app = if self.is_resumable { app.resume(Resume::new()) } else { app };
        match self.is_backend {
            true => {
                app.component(Desk::new(&self.name)).component(Mill).rooms(RoomType::<Zone>::new())
            }
            false => app,
        }
    }
}

/// The process of a node, until a signal ends it. Without a role it is none, and does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a part of the other tests"]
async fn process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let role: Role = serde_json::from_str(&role).expect("a role");
    // Its logs, if somebody wants them.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .try_init();
    // It is closed when the test ends, however that comes.
    std::thread::spawn(|| {
        let _ = stdin().read_to_end(&mut Vec::new());
        std::process::exit(1);
    });
    let server = role.start_here().await;
    let cluster = server.cluster_address().expect("a node");
    tell(&Fact::Started { cluster, clients: server.addresses().first().copied() });
    let mut _users = Vec::new();
    if role.users > 0 {
        _users = robots::connect(&server, "desk.login", 0..role.users).await;
        tell(&Fact::Noted { number: role.users.unsigned_abs() });
    }
    server.run().await.expect("it ends well");
}
