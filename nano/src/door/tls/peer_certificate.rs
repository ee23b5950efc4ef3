//! The certificate of a client.

use std::fmt;

use bytes::Bytes;
use tokio_rustls::server::TlsStream;

/// The certificate of a client that connected where [`Tls::client_ca`](crate::Tls::client_ca) asks for one.
///
/// It is a value of the session from the handshake on: a handler takes [`Data<PeerCertificate>`](crate::Data), and any code
/// with the session asks [`Session::get`](crate::Session::get). An authority has signed it, and the client has its key.
///
/// # Examples
///
/// ```
/// use nano::{component, Error, Handshake, PeerCertificate, Result, Session};
///
/// struct Gate { partners: Vec<(Vec<u8>, i64)> }
///
/// #[component]
/// impl Gate {
///     #[on(handshake)]
///     async fn greet(&self, session: &Session, hello: Handshake) -> Result<()> {
///         let certificate = session.get::<PeerCertificate>();
///         let known = certificate.and_then(|certificate| {
///             self.partners.iter().find(|(der, _)| der == certificate.der())
///         });
///         let (_, uid) = known.ok_or_else(|| Error::reject("unknown_partner", "who are you?"))?;
///         session.bind(*uid).await
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PeerCertificate(Bytes);

impl PeerCertificate {
    /// The certificate that the client on the other side has shown, if it was asked for one.
    pub(in crate::door) fn of<S>(stream: &TlsStream<S>) -> Option<Self> {
        let certificate = stream.get_ref().1.peer_certificates()?.first()?;
        Some(Self::new(certificate))
    }

    /// Keeps a certificate that the client has shown.
    pub(in crate::door) fn new(der: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(der))
    }

    /// Returns the certificate in the form of DER, for a library that reads X.509, or to compare it.
    pub fn der(&self) -> &[u8] {
        &self.0
    }
}

/// Shows no more than the length.
impl fmt::Debug for PeerCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerCertificate({} bytes)", self.0.len())
    }
}
