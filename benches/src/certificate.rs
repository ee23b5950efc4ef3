//! The certificate of servers with TLS, made anew for each run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;

/// The name of the server.
pub(crate) const HOST: &str = "localhost";

/// The certificate of a server, and the clients' trust in it.
#[derive(Debug)]
pub(crate) struct Certificate {
    folder: TempDir,
    pub(crate) client: Arc<ClientConfig>,
}

impl Certificate {
    pub(crate) fn new() -> Result<Self> {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([HOST.to_owned()])?;
        let folder = tempfile::tempdir().context("no place for a certificate")?;
        let [chain, key] = files(folder.path());
        fs::write(chain, cert.pem())?;
        fs::write(key, signing_key.serialize_pem())?;
        let mut roots = RootCertStore::empty();
        roots.add(cert.der().clone())?;
        let mut client =
            ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        // Each connection is a client of its own, so it has no session of TLS to resume.
        client.resumption = Resumption::disabled();
        Ok(Self { folder, client: Arc::new(client) })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The files of the certificate and of its key.
pub(crate) fn files(folder: &Path) -> [PathBuf; 2] {
    ["cert.pem", "key.pem"].map(|name| folder.join(name))
}

/// The raw peers' half of TLS.
pub(crate) fn acceptor(folder: &Path) -> Result<TlsAcceptor> {
    let [chain, key] = files(folder);
    let chain = CertificateDer::from_pem_file(&chain)
        .with_context(|| format!("cannot read {}", chain.display()))?;
    let key = PrivateKeyDer::from_pem_file(&key)
        .with_context(|| format!("cannot read {}", key.display()))?;
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![chain], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
