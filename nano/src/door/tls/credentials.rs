//! A certificate with its key, read and checked.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;

#[cfg(feature = "webtransport")]
use super::quic;
use super::source::Source;
use crate::Result;
use crate::door::certificates::{Pem, internal};

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
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), with the file that is wrong and the reason.
    pub(super) fn read(source: &Source, client_ca: Option<&Path>) -> Result<Self> {
        let pair = source.read()?;
        let client_ca = client_ca.map(|path| Pem::read(path, "certificate")).transpose()?;
        let authorities = client_ca.as_ref().map(Pem::certificates).transpose()?;
        let provider = Arc::new(ring::default_provider());
        let verifier = client_ca.map(|pem| {
            let roots = pem.authorities()?.into();
            let builder = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
            builder.build().map_err(|error| pem.unusable_authorities(&error))
        });
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(internal)?;
        let config = match verifier.transpose()? {
            Some(verifier) => config.with_client_cert_verifier(verifier),
            None => config.with_no_client_auth(),
        };
        let config = config.with_single_cert(pair.chain.clone(), pair.key.clone_key());
        let mut packets = config.map_err(|error| pair.unusable(&error))?;
        packets.ticketer = ring::Ticketer::new().map_err(internal)?;
        let mut http = packets.clone();
        http.alpn_protocols = vec![b"http/1.1".to_vec()];
        pair.warn_of_dates();
        Ok(Self {
            #[cfg(feature = "webtransport")]
            quic: quic::config(packets.clone()).map_err(internal)?,
            chain: pair.chain,
            authorities: authorities.unwrap_or_default(),
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
