//! etcd as the registry of a cluster.

mod batches;
mod claims;
mod contact;
mod endpoints;
mod following;
mod joining;
mod keys;
mod losses;
mod questions;
mod records;
mod settings;
mod store;
mod watching;

use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio::sync::{broadcast, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
use super::registry::{Asked, Registry, RegistryError, View};
use crate::{Node, NodeState};
use questions::Questions;
use settings::Settings;
use store::Store;

/// A cluster whose nodes are kept in etcd, for [`Cluster::registry`](crate::Cluster::registry).
///
/// No node is then special, and the loss of none keeps others from joining. etcd has to be of version 3.4 or newer; several
/// clusters, and other applications, may share one. The page [`etcd`](crate::etcd) says how to run it.
///
/// # Examples
///
/// ```
/// use nano::{Cluster, Etcd, NodeTls};
///
/// let etcd = Etcd::new(["http://10.0.0.10:2379", "http://10.0.0.11:2379", "http://10.0.0.12:2379"]);
/// let node = Cluster::bind("10.0.0.5:7800")
///     .registry(etcd)
///     .tls(NodeTls::files("ca.pem", "node.pem", "node.key"));
/// ```
pub struct Etcd {
    settings: Settings,
    cluster: OnceLock<String>,
    store: OnceLock<Arc<Store>>,
    views: watch::Sender<View>,
    end: CancellationToken,
    _ends: DropGuard,
}

impl Etcd {
    /// Takes the addresses of the members of etcd: `http://host:port`, or `https://host:port`. One is used at a time, and
    /// the next one when it does not answer within a second.
    pub fn new<S: Into<String>>(endpoints: impl IntoIterator<Item = S>) -> Self {
        let end = CancellationToken::new();
        Self {
            settings: Settings::new(endpoints.into_iter().map(Into::into).collect()),
            cluster: OnceLock::new(),
            store: OnceLock::new(),
            views: watch::Sender::default(),
            _ends: end.clone().drop_guard(),
            end,
        }
    }

    /// Sets the PEM file with the authorities of etcd's certificates, for addresses that begin with `https://`.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::Etcd;
    ///
    /// let etcd = Etcd::new(["https://etcd.internal:2379"])
    ///     .authorities("etcd-ca.pem")
    ///     .certificate("game.pem", "game.key")
    ///     .user("game", "secret");
    /// ```
    pub fn authorities(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.settings.authorities = Some(file.into());
        self
    }

    /// Sets the PEM files of the certificate that etcd asks its clients for, and of its key.
    pub fn certificate(
        mut self,
        certificate: impl Into<std::path::PathBuf>,
        key: impl Into<std::path::PathBuf>,
    ) -> Self {
        self.settings.certificate = Some((certificate.into(), key.into()));
        self
    }

    /// Sets a user of etcd, with its password. It has to have the right to read and write the keys of the cluster.
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.settings.user = Some((name.into(), password.into()));
        self
    }

    /// The store, for the first one who needs it and all others.
    fn store(&self) -> Result<Arc<Store>, RegistryError> {
        if let Some(store) = self.store.get() {
            return Ok(store.clone());
        }
        let endpoints = self.settings.connect().map_err(RegistryError::Refused)?;
        let cluster = self.cluster.get().map_or("nano", String::as_str);
        let ((reads, to_read), (writes, to_write)) = (Questions::new(), Questions::new());
        let store = Arc::new(Store::new(endpoints, cluster, self.views.clone(), reads, writes));
        if self.store.set(store.clone()).is_ok() {
            let reader = store.clone();
            self.spawn(batches::run(to_read, move |reads| {
                let reader = reader.clone();
                async move { reader.read_all(reads).await }
            }));
            let writer = store.clone();
            self.spawn(batches::run(to_write, move |writes| {
                let writer = writer.clone();
                async move { writer.write_all(writes).await }
            }));
            self.spawn(watching::run(store.clone()));
            self.spawn(losses::run(store));
        }
        // Another one may have been first.
        self.store.get().cloned().ok_or(RegistryError::Gone)
    }

    /// Runs a task for as long as the registry is there.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let end = self.end.clone();
        tokio::spawn(async move { end.run_until_cancelled(task).await });
    }

    /// Asks the store, which is there since the node joined.
    fn ask<'a, T, F>(&'a self, ask: impl FnOnce(Arc<Store>) -> F + Send + 'a) -> Asked<'a, T>
    where
        F: Future<Output = Result<T, RegistryError>> + Send + 'a,
        T: 'a,
    {
        Box::pin(async move { ask(self.store()?).await })
    }
}

impl fmt::Debug for Etcd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Etcd").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Registry for Etcd {
    fn of_cluster(&self, name: &str) {
        // It has one cluster, that of its node.
        let _ = self.cluster.set(name.to_owned());
    }

    fn join<'a>(&'a self, node: &'a Node, highest: u32) -> Asked<'a, u32> {
        self.ask(async move |store| joining::join(&store, node, highest).await)
    }

    fn renew(&self, number: u32) -> Asked<'_, ()> {
        self.ask(async move |store| joining::renew(&store, number).await)
    }

    fn update(&self, number: u32, state: NodeState) -> Asked<'_, ()> {
        self.ask(async move |store| joining::update(&store, number, state).await)
    }

    fn leave(&self, number: u32) -> Asked<'_, ()> {
        self.ask(async move |store| joining::leave(&store, number).await)
    }

    fn report_gone(&self, number: u32) -> Asked<'_, ()> {
        self.ask(async move |store| joining::report_gone(&store, number).await)
    }

    fn views(&self) -> watch::Receiver<View> {
        self.views.subscribe()
    }

    fn keeps_claims(&self) -> bool {
        true
    }

    fn claim<'a>(&'a self, claim: &'a Claim, rule: ClaimRule) -> Asked<'a, Claimed> {
        self.ask(async move |store| claims::claim(&store, claim, rule).await)
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> Asked<'a, ()> {
        self.ask(async move |store| claims::release(&store, claim).await)
    }

    fn find<'a>(&'a self, kind: ClaimKind, name: &'a str) -> Asked<'a, Option<Holder>> {
        self.ask(async move |store| claims::find(&store, kind, name).await)
    }

    fn forgotten(&self) -> watch::Receiver<u64> {
        match self.store() {
            Ok(store) => store.forgotten.subscribe(),
            Err(_) => watch::channel(0).1,
        }
    }

    fn lost(&self) -> broadcast::Receiver<Claim> {
        match self.store() {
            Ok(store) => store.lost.subscribe(),
            Err(_) => broadcast::channel(1).1,
        }
    }
}
