//! The check of another node's certificate, the same on both sides of a connection.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, RootCertStore,
    SignatureScheme,
};

use crate::Result;
use crate::door::certificates::Pem;

/// Lets nodes of one authority pass. Others get the same alert whatever the reason; the log of this node has the reason.
#[derive(Debug)]
pub(super) struct Verifier {
    roots: Arc<RootCertStore>,
    clients: Arc<dyn ClientCertVerifier>,
    algorithms: WebPkiSupportedAlgorithms,
    checks_names: bool,
}

impl Verifier {
    pub(super) fn new(
        authority: &Pem,
        provider: &Arc<CryptoProvider>,
        checks_names: bool,
    ) -> Result<Self> {
        let roots = Arc::new(authority.authorities()?);
        let clients = WebPkiClientVerifier::builder_with_provider(roots.clone(), provider.clone());
        let clients = clients.build().map_err(|error| authority.unusable_authorities(&error))?;
        let algorithms = provider.signature_verification_algorithms;
        Ok(Self { roots, clients, algorithms, checks_names })
    }

    /// Checks that a certificate is of the authority, and for nodes: these are servers and clients of each other, so that a
    /// certificate which lists its uses has to list both. One for clients or servers alone is no node's.
    fn check(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(certificate)?,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        )?;
        self.clients.verify_client_cert(certificate, intermediates, now)
    }
}

/// Hides the reason from the peer, whose alert would tell it.
fn hide(error: Error) -> Error {
    match error {
        Error::InvalidCertificate(_) => CertificateError::Other(OtherError(Arc::new(error))).into(),
        error => error,
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let check = || {
            self.check(end_entity, intermediates, now)?;
            match self.checks_names {
                true => verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name),
                false => Ok(()),
            }
        };
        check().map(|()| ServerCertVerified::assertion()).map_err(hide)
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("nodes speak TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms).map_err(hide)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Verifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // Strangers need not know the name of the authority.
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(end_entity, intermediates, now).map_err(hide)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ServerCertVerifier::verify_tls12_signature(self, message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ServerCertVerifier::verify_tls13_signature(self, message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The certificate of a node that has connected, whose names are to be looked at as soon as the node has said its own.
#[derive(Debug)]
pub(in crate::cluster) struct Named(CertificateDer<'static>);

impl Named {
    pub(in crate::cluster) fn new(certificate: &CertificateDer<'_>) -> Self {
        Self(certificate.clone().into_owned())
    }

    /// Checks that the certificate is that of a node.
    ///
    /// # Errors
    ///
    /// The fault, for the log.
    pub(in crate::cluster) fn check(&self, name: &str) -> Result<(), String> {
        let expected = name_in_certificate(name)?;
        let checked = ParsedCertificate::try_from(&self.0)
            .and_then(|certificate| verify_server_name(&certificate, &expected));
        checked.map_err(|error| super::fault::told(&error))
    }
}

/// The name of a node as a certificate has it: the host of an address.
///
/// # Errors
///
/// The fault of a name that no certificate can have.
pub(super) fn name_in_certificate(name: &str) -> Result<ServerName<'static>, String> {
    let host = match name.parse::<IpAddr>() {
        Ok(_) => name,
        Err(_) => name.rsplit_once(':').map_or(name, |(host, _)| host),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(host.to_owned()).map_err(|_| {
        let shown = crate::error::shown(name);
        format!("`{shown}` cannot be a name in a certificate, which `check_names` asks for")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_node_may_be_its_address() {
        let name = |text: &str| name_in_certificate(text).map(|name| name.to_str().into_owned());
        for (text, expected) in [
            ("chat-1", "chat-1"),
            ("chat-1.internal:7800", "chat-1.internal"),
            ("10.0.0.5:7800", "10.0.0.5"),
            ("10.0.0.5", "10.0.0.5"),
            ("[fd00::5]:7800", "fd00::5"),
            ("fd00::5", "fd00::5"),
        ] {
            assert_eq!(name(text).as_deref(), Ok(expected), "{text}");
        }
        assert!(name("a b").is_err_and(|fault| fault.contains("`a b` cannot be")));
    }
}
