//! TLS between nodes, each of which has a certificate of the cluster's own authority.

mod alert;
mod credentials;
mod fault;
mod verifier;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::pki_types::ServerName;

pub(super) use alert::Alert;
pub(super) use credentials::Credentials;
pub(super) use fault::{HandshakeFailed, fault, reason};
pub(super) use verifier::Named;

use crate::door::certificates::Pem;
use crate::{Error, ErrorKind, Result};

/// The certificates of a node, for [`Cluster::tls`](crate::Cluster::tls). Clones share them.
///
/// Nodes speak TLS 1.3 and nothing older. Both sides of a connection show a certificate, which has to be one of the
/// cluster's own authority: whoever has one can act as a node. `cargo nano cert` makes an authority and certificates of
/// nodes, see [`nodes`](crate::nodes#encryption).
///
/// # Examples
///
/// ```
/// use nano::{Cluster, NodeTls};
///
/// let tls = NodeTls::files("certs/ca.pem", "certs/chat-1.pem", "certs/chat-1.key").check_names();
/// let node = Cluster::bind("10.0.0.5:7800").name("chat-1").join("10.0.0.1:7800").tls(tls);
/// ```
#[derive(Clone)]
pub struct NodeTls(Arc<Shared>);

struct Shared {
    source: Source,
    checks_names: bool,
    /// `None` until the app has started, or the files were read for another reason.
    credentials: RwLock<Option<Arc<Credentials>>>,
}

#[derive(Clone)]
enum Source {
    Files { authority: PathBuf, certificate: PathBuf, key: PathBuf },
    Memory { authority: Vec<u8>, certificate: Vec<u8>, key: Vec<u8> },
}

impl NodeTls {
    /// Takes three PEM files, which are read when the app starts: the certificate of the cluster's authority, the one of
    /// this node with those between it and the authority behind it, and the key of this node.
    ///
    /// Files that cannot work are reported when the app starts.
    pub fn files(
        authority: impl Into<PathBuf>,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        let (authority, certificate, key) = (authority.into(), certificate.into(), key.into());
        Self::new(Source::Files { authority, certificate, key }, false)
    }

    /// Takes the texts of such files.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use nano::NodeTls;
    ///
    /// let text = |name| std::env::var(name).expect("it is set");
    /// let tls = NodeTls::pem(text("NODE_CA"), text("NODE_CERTIFICATE"), text("NODE_KEY"));
    /// ```
    pub fn pem(
        authority: impl Into<Vec<u8>>,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        let (authority, certificate, key) = (authority.into(), certificate.into(), key.into());
        Self::new(Source::Memory { authority, certificate, key }, false)
    }

    fn new(source: Source, checks_names: bool) -> Self {
        Self(Arc::new(Shared { source, checks_names, credentials: RwLock::default() }))
    }

    /// Asks for the name of the other node in its certificate, which is the [`name`](crate::Cluster::name) that the cluster
    /// knows it by; for one that is an address, for its host. A node that is about to join asks for the host of the address
    /// that it was given, because it knows no name of its master yet.
    ///
    /// So a node can act as itself only. Clones that were made before do not ask.
    pub fn check_names(self) -> Self {
        Self::new(self.0.source.clone(), true)
    }

    /// Reads the files again. New connections get the new certificate; open ones keep what they have. Returns `false`
    /// when the certificates are the same as before, as those from memory always are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the files cannot work. The old certificates stay in use.
    ///
    /// # Cancel safety
    ///
    /// The files are read to the end when the caller stops waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// # async fn run() {
    /// let tls = nano::NodeTls::files("ca.pem", "node.pem", "node.key");
    /// if let Err(error) = tls.reload().await {
    ///     println!("the old certificates stay: {error}");
    /// }
    /// # }
    /// ```
    pub async fn reload(&self) -> Result<bool> {
        let tls = self.clone();
        let read = tokio::task::spawn_blocking(move || tls.read());
        read.await.map_err(|error| {
            Error::with_source(ErrorKind::Internal, "the certificates were not read", error)
        })?
    }

    /// Reads the files; returns `true` when the certificates are others than before.
    pub(super) fn read(&self) -> Result<bool> {
        let [authority, certificate, key] = self.0.source.read()?;
        let read = Credentials::new(&authority, &certificate, &key, self.0.checks_names)?;
        let mut current = self.0.credentials.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|current| current.is_same(&read)) {
            return Ok(false);
        }
        *current = Some(Arc::new(read));
        Ok(true)
    }

    /// The certificates; `None` before they were read, which the start of the app does.
    pub(super) fn credentials(&self) -> Option<Arc<Credentials>> {
        self.0.credentials.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The name that the certificate of a node has to have, of one called `name`.
    ///
    /// # Errors
    ///
    /// The fault of a name that no certificate can have.
    pub(super) fn expected(&self, name: &str) -> Result<ServerName<'static>, String> {
        match self.0.checks_names {
            true => verifier::name_in_certificate(name),
            // It is not looked at.
            false => verifier::name_in_certificate("node"),
        }
    }

    /// Returns `true` if the other node has to have its name in its certificate.
    pub(super) fn checks_names(&self) -> bool {
        self.0.checks_names
    }
}

impl Source {
    fn read(&self) -> Result<[Pem; 3]> {
        Ok(match self {
            Self::Files { authority, certificate, key } => [
                Pem::read(authority, "certificate")?,
                Pem::read(certificate, "certificate")?,
                Pem::read(key, "key")?,
            ],
            Self::Memory { authority, certificate, key } => [
                Pem::new(authority.clone(), "the PEM of the authority"),
                Pem::new(certificate.clone(), "the PEM of the node's certificate"),
                Pem::new(key.clone(), "the PEM of the node's key"),
            ],
        })
    }
}

/// Shows no more than the places of the files.
impl fmt::Debug for NodeTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("NodeTls");
        if let Source::Files { authority, certificate, key } = &self.0.source {
            shown.field("authority", authority).field("certificate", certificate).field("key", key);
        }
        shown.field("checks_names", &self.0.checks_names).finish_non_exhaustive()
    }
}
