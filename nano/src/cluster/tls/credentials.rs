//! The certificates of a node, as the configurations of both sides of a connection.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::version::TLS13;
use rustls::{ClientConfig, ServerConfig};

use super::verifier::Verifier;
use crate::Result;
use crate::door::certificates::{Pem, internal, unusable_pair, warn_of_dates};

/// The protocol within TLS.
const HTTP2: &[u8] = b"h2";

/// The certificate and the authority of a node.
pub(in crate::cluster) struct Credentials {
    authorities: Vec<CertificateDer<'static>>,
    chain: Vec<CertificateDer<'static>>,
    /// For connections of others.
    pub(in crate::cluster) server: Arc<ServerConfig>,
    /// For connections to others.
    pub(in crate::cluster) client: Arc<ClientConfig>,
}

impl Credentials {
    /// Checks what was read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), with the part that is wrong and the reason.
    pub(super) fn new(
        authority: &Pem,
        certificate: &Pem,
        key: &Pem,
        checks_names: bool,
    ) -> Result<Self> {
        let (chain, private) = (certificate.certificates()?, key.key()?);
        let unusable = |error| unusable_pair(certificate, key, &error);
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(Verifier::new(authority, &provider, checks_names)?);

        let server = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&TLS13])
            .map_err(internal)?
            .with_client_cert_verifier(verifier.clone())
            .with_single_cert(chain.clone(), private.clone_key());
        let mut server = server.map_err(unusable)?;
        server.alpn_protocols = vec![HTTP2.to_vec()];
        // A certificate is looked at for each connection, and those are few.
        server.send_tls13_tickets = 0;

        let client = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .map_err(internal)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_auth_cert(chain.clone(), private);
        let mut client = client.map_err(unusable)?;
        client.alpn_protocols = vec![HTTP2.to_vec()];
        client.resumption = Resumption::disabled();
        client.enable_sni = false;

        warn_of_dates(&chain, certificate);
        let authorities = authority.certificates()?;
        Ok(Self { authorities, chain, server: Arc::new(server), client: Arc::new(client) })
    }

    /// Returns `true` if the certificate is the same, and hence its key, and the authority is.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.chain == other.chain && self.authorities == other.authorities
    }
}
