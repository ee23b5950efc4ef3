//! A certificate with its key, read and checked.

use std::path::Path;
use std::sync::Arc;

use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{CertificateError, RootCertStore, ServerConfig};

#[cfg(feature = "webtransport")]
use super::quic;
use super::source::{Source, config_error, read_certificates};
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
    /// For WebTransport.
    #[cfg(feature = "webtransport")]
    pub(in crate::door) quic: Arc<wtransport::quinn::ServerConfig>,
}

impl Credentials {
    /// Reads and checks the files.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], with the file that is wrong and the reason.
    pub(super) fn read(source: &Source, client_ca: Option<&Path>) -> Result<Self> {
        let (chain, private) = source.read()?;
        let authorities = client_ca.map(read_certificates).transpose()?.unwrap_or_default();
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
        let mut packets = config.map_err(|error| source.unusable(&error))?;
        packets.ticketer = ring::Ticketer::new().map_err(internal)?;
        let mut http = packets.clone();
        http.alpn_protocols = vec![b"http/1.1".to_vec()];
        warn_of_dates(&chain, source);
        Ok(Self {
            #[cfg(feature = "webtransport")]
            quic: quic::config(packets.clone()).map_err(internal)?,
            chain,
            authorities,
            packets: Arc::new(packets),
            http: Arc::new(http),
        })
    }

    /// Returns the SHA-256 hash of the certificate, as hexadecimal digits.
    #[cfg(feature = "webtransport")]
    pub(super) fn hash(&self) -> String {
        let certificate = self.chain.first().map_or(&[][..], |certificate| certificate);
        quic::hash(certificate)
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

/// Warns when clients will refuse the certificate because of its dates.
fn warn_of_dates(chain: &[CertificateDer<'static>], source: &Source) {
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
        tracing::warn!(path = %source, %error, "a certificate is not valid now: clients refuse it");
    }
}

fn internal(error: rustls::Error) -> Error {
    Error::with_source(ErrorKind::Internal, "TLS cannot be set up", error)
}
