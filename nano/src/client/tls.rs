//! TLS towards the server: the authorities that are trusted, and the handshake.

use std::sync::{Arc, LazyLock};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::{Error, ErrorKind, Result};

/// The authorities whose signature a server's certificate needs.
#[derive(Clone, Default)]
pub(super) enum Trust {
    /// Those of the system.
    #[default]
    System,
    /// Those in this PEM text.
    Own(Arc<[u8]>),
}

/// The configuration with the authorities of the system: reading them takes long, and clients share its tickets.
static SYSTEM: LazyLock<Option<Arc<ClientConfig>>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { None } else { config(roots).ok() }
});

/// Makes the handshake with the server of this name. `is_http` asks for HTTP over ALPN.
pub(super) async fn connect<I>(
    io: I,
    host: &str,
    is_http: bool,
    trust: &Trust,
) -> Result<TlsStream<I>>
where
    I: AsyncRead + AsyncWrite + Unpin,
{
    let name = ServerName::try_from(host.to_owned()).map_err(|error| {
        let text = format!("`{host}` is no name that a certificate can have");
        Error::with_source(ErrorKind::Config, text, error)
    })?;
    let config = match trust {
        Trust::Own(pem) => own(pem)?,
        Trust::System => system().await?,
    };
    let alpn = if is_http { vec![b"http/1.1".to_vec()] } else { Vec::new() };
    let connector = TlsConnector::from(config);
    let connected = connector.with_alpn(alpn).connect(name, io).await;
    connected.map_err(|source| Error::with_source(ErrorKind::Io, "TLS was not opened", source))
}

async fn system() -> Result<Arc<ClientConfig>> {
    let config = tokio::task::spawn_blocking(|| SYSTEM.clone()).await;
    config.ok().flatten().ok_or_else(|| {
        let text = "this system has no root certificates: install them (the package \
                    ca-certificates), or name the server's with `root_certificates`";
        Error::new(ErrorKind::Config, text)
    })
}

fn own(pem: &[u8]) -> Result<Arc<ClientConfig>> {
    let unusable = |error: &dyn std::fmt::Display| {
        let text = format!("the text given to `root_certificates` cannot be used: {error}");
        Error::new(ErrorKind::Config, text)
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.is_empty() {
        return Err(unusable(&"it has no block `-----BEGIN CERTIFICATE-----`"));
    }
    config(roots).map_err(|error| unusable(&error))
}

fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
