//! A gate and its backends.

use std::time::Duration;

pub(super) use crate::clients::{ask, client_of, connect, echo};
use crate::etcd::server::Server;
use crate::load::Load;
pub(super) use crate::node::all_see_all;
use crate::node::{Node, Role};
use crate::wait::until;

/// The time between two requests of a client.
pub(super) const EVERY: Duration = Duration::from_millis(10);

/// A gate, which is the master unless there is an etcd, and backends. They all know each other.
pub(crate) struct Stage {
    pub(super) gate: Node,
    pub(super) backends: Vec<Node>,
}

impl Stage {
    pub(super) async fn start<const N: usize>(backends: [&str; N]) -> Self {
        let gate = Node::start(Role::master("gate").gate()).await;
        let master = gate.cluster();
        Self::with(gate, backends.map(|name| Role::join(name, master))).await
    }

    /// The same in an etcd, which the gate is no part of.
    pub(crate) async fn in_etcd<const N: usize>(etcd: &Server, backends: [&str; N]) -> Self {
        let gate = Node::start(Role::etcd("gate", &etcd.url()).gate()).await;
        Self::with(gate, backends.map(|name| Role::etcd(name, &etcd.url()))).await
    }

    async fn with<const N: usize>(gate: Node, backends: [Role; N]) -> Self {
        let backends = backends.into_iter().map(|role| Node::spawn(role.backend()));
        let backends: Vec<_> = backends.collect();
        for backend in &backends {
            backend.started().await;
        }
        let stage = Self { gate, backends };
        all_see_all(&stage.nodes()).await;
        stage
    }

    pub(super) fn nodes(&self) -> Vec<&Node> {
        std::iter::once(&self.gate).chain(&self.backends).collect()
    }

    /// Clients that ask all the time. Each backend has some of them.
    pub(super) async fn load(&self) -> Vec<Load> {
        let mut loads = Vec::new();
        until("each backend has clients", async || {
            loads.push(Load::at(&[self.gate.clients()], EVERY));
            self.backends.iter().all(|node| {
                let has = |load: &Load| load.node().as_deref() == Some(node.name());
                loads.iter().filter(|load| has(load)).count() >= 2
            })
        })
        .await;
        loads
    }
}
