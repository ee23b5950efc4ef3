//! The reasons of TLS handshakes that fail, as the log tells them.

use std::error::Error;
use std::{fmt, io};

use rustls::{CertificateError, OtherError};

/// A handshake with a node that was connected to.
#[derive(Debug)]
pub(in crate::cluster) struct HandshakeFailed(pub(in crate::cluster) String);

impl fmt::Display for HandshakeFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the TLS handshake failed: {}", self.0)
    }
}

impl Error for HandshakeFailed {}

/// The text of an error of TLS, with the reason that the peer is not told.
pub(super) fn told(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(hidden))) => {
            hidden.to_string()
        }
        rustls::Error::PeerIncompatible(_) => format!("{error}; nodes speak TLS 1.3"),
        rustls::Error::AlertReceived(_) => {
            format!("{error}: the node does not take this certificate, and its log says why")
        }
        error => error.to_string(),
    }
}

/// The reason of a handshake that failed.
pub(in crate::cluster) fn reason(error: &io::Error) -> String {
    match of_tls(error) {
        Some(error) => told(error),
        None => error.to_string(),
    }
}

/// The error of TLS in one of a stream.
pub(super) fn of_tls(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// The fault of a connection to a node, if it is one of TLS: a certificate that either side does not take, or a node
/// without TLS.
pub(in crate::cluster) fn fault(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = fault_of(error) {
            return Some(fault);
        }
        next = error.source();
    }
    None
}

/// The fault of one error of a chain.
fn fault_of(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(failed) = error.downcast_ref::<HandshakeFailed>() {
        return Some(failed.to_string());
    }
    let io = error.downcast_ref::<io::Error>()?;
    let failed = io.get_ref()?.downcast_ref::<HandshakeFailed>().map(ToString::to_string);
    failed.or_else(|| of_tls(io).map(|error| HandshakeFailed(told(error)).to_string()))
}
