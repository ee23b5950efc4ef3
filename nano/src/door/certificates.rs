//! Certificates and keys in the form of PEM, with errors that say where they are.

use std::fmt::Display;
use std::path::Path;

use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, RootCertStore};

use crate::{Error, ErrorKind, Result};

/// PEM, and the place that it is from, as errors name it.
pub(crate) struct Pem {
    text: Vec<u8>,
    place: String,
}

impl Pem {
    pub(crate) fn new(text: Vec<u8>, place: impl Into<String>) -> Self {
        Self { text, place: place.into() }
    }

    /// Reads a file. `kind` says what is in it.
    pub(crate) fn read(path: &Path, kind: &str) -> Result<Self> {
        let text = std::fs::read(path).map_err(|error| {
            config_error(format!("the {kind} file `{}` cannot be read: {error}", path.display()))
        })?;
        Ok(Self::new(text, format!("`{}`", path.display())))
    }

    /// Returns the certificates, of which there is at least one.
    pub(crate) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.text).collect();
        let chain = chain.map_err(|error| self.unreadable(&error))?;
        if chain.is_empty() {
            return Err(config_error(format!(
                "{} has no certificate: expected a block that starts with `-----BEGIN CERTIFICATE-----`",
                self.place
            )));
        }
        Ok(chain)
    }

    /// Returns the certificates as authorities.
    pub(crate) fn authorities(&self) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        for authority in self.certificates()? {
            roots.add(authority).map_err(|error| self.unusable_authorities(&error))?;
        }
        Ok(roots)
    }

    pub(crate) fn unusable_authorities(&self, error: &dyn Display) -> Error {
        config_error(format!("the authorities in {} cannot be used: {error}", self.place))
    }

    pub(crate) fn key(&self) -> Result<PrivateKeyDer<'static>> {
        let place = &self.place;
        PrivateKeyDer::from_pem_slice(&self.text).map_err(|error| match error {
            pem::Error::NoItemsFound if contains(&self.text, b"ENCRYPTED PRIVATE KEY") => {
                config_error(format!(
                    "the key in {place} is encrypted: write it without a password, as `openssl pkey` does"
                ))
            }
            pem::Error::NoItemsFound => config_error(format!(
                "{place} has no private key: expected a block that starts with `-----BEGIN PRIVATE KEY-----`"
            )),
            error => self.unreadable(&error),
        })
    }

    fn unreadable(&self, error: &pem::Error) -> Error {
        // The error may quote the file, and with it a part of the key.
        let reason = match error {
            pem::Error::MissingSectionEnd { .. } => "a block has no end",
            pem::Error::Base64Decode(_) => "a block is not in base64",
            _ => "a block cannot be read",
        };
        config_error(format!("{} is not in the form of PEM: {reason}", self.place))
    }
}

/// Returns the error of a certificate and a key that do not work together, or one of them at all.
pub(crate) fn unusable_pair(certificate: &Pem, key: &Pem, error: &rustls::Error) -> Error {
    let (certificate, key) = (&certificate.place, &key.place);
    config_error(match error {
        rustls::Error::InconsistentKeys(_) => {
            format!("the key in {key} is not that of the first certificate in {certificate}")
        }
        rustls::Error::InvalidCertificate(_) => {
            format!("the first certificate in {certificate} cannot be used: {error}")
        }
        _ => format!("the key in {key} cannot be used: {error}"),
    })
}

fn contains(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|part| part == words)
}

/// Warns when peers will refuse the certificate because of its dates.
pub(crate) fn warn_of_dates(chain: &[CertificateDer<'static>], certificate: &Pem) {
    let Some(Ok(first)) = chain.first().map(ParsedCertificate::try_from) else { return };
    // Without any root the check fails in the end, but it looks at the dates first.
    let checked = verify_server_cert_signed_by_trust_anchor(
        &first,
        &RootCertStore::empty(),
        &[],
        UnixTime::now(),
        ring::default_provider().signature_verification_algorithms.all,
    );
    let Err(rustls::Error::InvalidCertificate(error)) = checked else { return };
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    if matches!(error, Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }) {
        let path = certificate.place.trim_matches('`');
        tracing::warn!(%path, %error, "a certificate is not valid now: clients refuse it");
    }
}

pub(crate) fn config_error(text: String) -> Error {
    Error::new(ErrorKind::Config, text)
}

/// Returns the error of a setting that TLS refuses, which none of ours is.
pub(crate) fn internal(error: rustls::Error) -> Error {
    Error::with_source(ErrorKind::Internal, "TLS cannot be set up", error)
}
