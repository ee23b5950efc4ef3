//! The settings of a node that works with nodes of Go nano.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::network::Network;
use crate::cluster::derived;
use crate::error::shown;

/// The intervals of heartbeats that a node of Go nano can have.
const HEARTBEATS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(3600);

/// The nodes of Go nano that a node works with, for [`Cluster::go_nano`](crate::Cluster::go_nano).
///
/// Go nano has neither encryption nor a way to check who calls: whoever reaches the address of a node can send messages in
/// the name of any client, and push to any. So calls by its protocol are taken from the networks that are named here, and
/// from nobody else. See [`go_nano`](crate::go_nano).
///
/// # Examples
///
/// The master of a cluster in which some nodes are still Go nano's, and a node whose master is one of them:
///
/// ```
/// use nano::{Cluster, GoNano};
///
/// let master = Cluster::bind("127.0.0.1:7800").master().go_nano(GoNano::trust(["127.0.0.0/8"]));
/// let member = Cluster::bind("127.0.0.1:7801")
///     .go_nano(GoNano::trust(["127.0.0.0/8"]).master("127.0.0.1:4450"));
/// ```
#[derive(Clone)]
#[must_use = "it is a part of the settings of a node: see `Cluster::go_nano`"]
pub struct GoNano {
    networks: Vec<Network>,
    /// What cannot be read as a network.
    unreadable: Vec<String>,
    pub(super) token: Option<String>,
    /// The address of a master that is a node of Go nano.
    pub(in crate::cluster) master: Option<String>,
    pub(super) heartbeat: Duration,
    /// The routes that clients may ask for.
    pub(in crate::cluster) routes: Vec<String>,
}

impl GoNano {
    /// Trusts the nodes of these networks: `10.0.0.0/8`, or single addresses. Calls from elsewhere are refused, those of
    /// this machine as well, unless `127.0.0.0/8` is among them.
    pub fn trust<S: AsRef<str>>(networks: impl IntoIterator<Item = S>) -> Self {
        let mut this = Self {
            networks: Vec::new(),
            unreadable: Vec::new(),
            token: None,
            master: None,
            heartbeat: Duration::from_secs(30),
            routes: Vec::new(),
        };
        for text in networks {
            match Network::parse(text.as_ref()) {
                Some(network) => this.networks.push(network),
                None => this.unreadable.push(text.as_ref().to_owned()),
            }
        }
        this
    }

    /// Refuses calls without the header `authorization: Bearer <token>`. Applications in Go add it with
    /// `grpc.WithPerRPCCredentials`. It is not encrypted.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Joins the cluster of a master that is a node of Go nano, in place of [`Cluster::join`](crate::Cluster::join).
    pub fn master(mut self, address: impl Into<String>) -> Self {
        self.master = Some(address.into());
        self
    }

    /// Sets the interval of heartbeats that the nodes of Go nano have, by their option `WithHeartbeatInterval`: 30 s by
    /// default, which is Go nano's default, too. A node that is silent for four of them is given up.
    pub fn heartbeat(mut self, interval: Duration) -> Self {
        self.heartbeat = interval;
        self
    }

    /// Names routes of nodes of Go nano, which tell only the names of their components. A component of which any is named
    /// has no others for clients. Of components without, a gate forwards whatever clients ask for, up to 4,096 routes.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::GoNano;
    ///
    /// let go = GoNano::trust(["10.1.0.0/16"]).routes(["Chat.Say", "Chat.Leave"]);
    /// ```
    pub fn routes<S: Into<String>>(mut self, routes: impl IntoIterator<Item = S>) -> Self {
        self.routes.extend(routes.into_iter().map(Into::into));
        self
    }

    /// Reports what cannot work.
    pub(in crate::cluster) fn check(&self, problems: &mut Vec<String>) {
        problems.extend(self.unreadable.iter().map(|text| {
            format!(
                "cluster: `{text}` is no network: `GoNano::trust` takes texts such as `10.0.0.0/8`"
            )
        }));
        if self.networks.is_empty() && self.unreadable.is_empty() {
            problems.push("cluster: `GoNano::trust` is given no network to trust".to_owned());
        }
        let bad = self.routes.iter().filter(|route| derived::parts(route).is_none());
        problems.extend(bad.map(|route| {
            format!(
                "cluster: `{}` is no route: `GoNano::routes` takes texts such as `Chat.Say`, of 255 bytes at most",
                shown(route)
            )
        }));
        if self.routes.len() > derived::MOST {
            let (many, most) = (self.routes.len(), derived::MOST);
            problems.push(format!(
                "cluster: `GoNano::routes` is given {many} routes; {most} are possible"
            ));
        }
        if !HEARTBEATS.contains(&self.heartbeat) {
            let (heartbeat, [least, most]) =
                (self.heartbeat, [HEARTBEATS.start(), HEARTBEATS.end()]);
            problems.push(format!(
                "cluster: `GoNano::heartbeat` is {heartbeat:?}; {least:?} to {most:?} are possible"
            ));
        }
        let is_sendable = |token: &String| {
            !token.is_empty() && token.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
        };
        if self.token.as_ref().is_some_and(|token| !is_sendable(token)) {
            problems.push(
                "cluster: `GoNano::token` is empty, or has a space or a letter that a header cannot have"
                    .to_owned(),
            );
        }
    }

    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }
}

/// Shows nothing of the token.
impl fmt::Debug for GoNano {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoNano")
            .field("networks", &self.networks)
            .field("master", &self.master)
            .field("heartbeat", &self.heartbeat)
            .finish_non_exhaustive()
    }
}
