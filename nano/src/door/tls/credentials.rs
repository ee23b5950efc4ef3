//! A certificate with its key, read from PEM files and checked.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;

use crate::Result;
use crate::door::certificates::{Pem, internal, unusable_pair, warn_of_dates};

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
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), with the file that is wrong and the reason.
    pub(super) fn read(certificate: &Path, key: &Path, client_ca: Option<&Path>) -> Result<Self> {
        let certificate = Pem::read(certificate, "certificate")?;
        let chain = certificate.certificates()?;
        let client_ca = client_ca.map(|path| Pem::read(path, "certificate")).transpose()?;
        let authorities = client_ca.as_ref().map(Pem::certificates).transpose()?;
        let key = Pem::read(key, "key")?;
        let private = key.key()?;
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
        let config = config.with_single_cert(chain.clone(), private);
        let mut packets = config.map_err(|error| unusable_pair(&certificate, &key, &error))?;
        packets.ticketer = ring::Ticketer::new().map_err(internal)?;
        let mut http = packets.clone();
        http.alpn_protocols = vec![b"http/1.1".to_vec()];
        warn_of_dates(&chain, &certificate);
        Ok(Self {
            chain,
            authorities: authorities.unwrap_or_default(),
            packets: Arc::new(packets),
            http: Arc::new(http),
        })
    }

    /// Returns `true` if the certificate is the same, and hence its key, and the authorities of clients are.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.chain == other.chain && self.authorities == other.authorities
    }
}
