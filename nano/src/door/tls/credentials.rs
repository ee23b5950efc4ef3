//! A certificate with its key, read from PEM files and checked.

use std::path::Path;
use std::sync::Arc;

use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{CertificateError, RootCertStore, ServerConfig};

use crate::{Error, ErrorKind, Result};

/// A certificate with its key, as the configurations of listeners.
pub(in crate::door) struct Credentials {
    /// The certificate, and those between it and a root.
    chain: Vec<CertificateDer<'static>>,
    /// The authorities of clients; empty when clients need no certificate.
    authorities: Vec<CertificateDer<'static>>,
    /// For packets that follow one another.
    pub(in crate::door) packets: Arc<ServerConfig>,
    /// For WebSockets.
    pub(in crate::door) http: Arc<ServerConfig>,
}

impl Credentials {
    /// Reads and checks the files.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], with the file that is wrong and the reason.
    pub(super) fn read(certificate: &Path, key: &Path, client_ca: Option<&Path>) -> Result<Self> {
        let chain = read_certificates(certificate)?;
        let authorities = client_ca.map(read_certificates).transpose()?.unwrap_or_default();
        let private = read_key(key)?;
        let provider = Arc::new(ring::default_provider());
        let verifier = client_ca.map(|path| verifier(&authorities, path, &provider)).transpose()?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(internal)?;
        let config = match verifier {
            Some(verifier) => config.with_client_cert_verifier(verifier),
            None => config.with_no_client_auth(),
        };
        let config = config.with_single_cert(chain.clone(), private);
        let mut packets = config.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => config_error(format!(
                "the key in `{}` is not that of the first certificate in `{}`",
                key.display(),
                certificate.display()
            )),
            rustls::Error::InvalidCertificate(_) => config_error(format!(
                "the first certificate in `{}` cannot be used: {error}",
                certificate.display()
            )),
            _ => config_error(format!("the key in `{}` cannot be used: {error}", key.display())),
        })?;
        packets.ticketer = ring::Ticketer::new().map_err(internal)?;
        let mut http = packets.clone();
        http.alpn_protocols = vec![b"http/1.1".to_vec()];
        warn_of_dates(&chain, certificate);
        Ok(Self { chain, authorities, packets: Arc::new(packets), http: Arc::new(http) })
    }

    /// Returns `true` if the certificate is the same, and hence its key, and the authorities of clients are.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.chain == other.chain && self.authorities == other.authorities
    }
}

/// Checks that a client has a certificate of one of the authorities.
fn verifier(
    authorities: &[CertificateDer<'static>],
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>> {
    let unusable = |error: &dyn std::fmt::Display| {
        config_error(format!("the authorities in `{}` cannot be used: {error}", path.display()))
    };
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority.clone()).map_err(|error| unusable(&error))?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    builder.build().map_err(|error| unusable(&error))
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let text = read_file(path, "certificate")?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let chain = chain.map_err(|error| unreadable(path, &error))?;
    if chain.is_empty() {
        return Err(config_error(format!(
            "`{}` has no certificate: expected a block that starts with `-----BEGIN CERTIFICATE-----`",
            path.display()
        )));
    }
    Ok(chain)
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    let text = read_file(path, "key")?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| match error {
        pem::Error::NoItemsFound if contains(&text, b"ENCRYPTED PRIVATE KEY") => {
            config_error(format!(
                "the key in `{}` is encrypted: write it without a password, as `openssl pkey` does",
                path.display()
            ))
        }
        pem::Error::NoItemsFound => config_error(format!(
            "`{}` has no private key: expected a block that starts with `-----BEGIN PRIVATE KEY-----`",
            path.display()
        )),
        error => unreadable(path, &error),
    })
}

fn read_file(path: &Path, kind: &str) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        config_error(format!("the {kind} file `{}` cannot be read: {error}", path.display()))
    })
}

fn contains(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|part| part == words)
}

fn unreadable(path: &Path, error: &pem::Error) -> Error {
    // The error may quote the file, and with it a part of the key.
    let reason = match error {
        pem::Error::MissingSectionEnd { .. } => "a block has no end",
        pem::Error::Base64Decode(_) => "a block is not in base64",
        _ => "a block cannot be read",
    };
    config_error(format!("`{}` is not in the form of PEM: {reason}", path.display()))
}

/// Warns when clients will refuse the certificate because of its dates.
fn warn_of_dates(chain: &[CertificateDer<'static>], path: &Path) {
    let Some(Ok(certificate)) = chain.first().map(ParsedCertificate::try_from) else { return };
    // Without any root the check fails in the end, but it looks at the dates first.
    let checked = verify_server_cert_signed_by_trust_anchor(
        &certificate,
        &RootCertStore::empty(),
        &[],
        UnixTime::now(),
        ring::default_provider().signature_verification_algorithms.all,
    );
    let Err(rustls::Error::InvalidCertificate(error)) = checked else { return };
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    if matches!(error, Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }) {
        let path = path.display();
        tracing::warn!(%path, %error, "a certificate is not valid now: clients refuse it");
    }
}

fn config_error(text: String) -> Error {
    Error::new(ErrorKind::Config, text)
}

fn internal(error: rustls::Error) -> Error {
    Error::with_source(ErrorKind::Internal, "TLS cannot be set up", error)
}
