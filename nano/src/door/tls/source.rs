//! The origin of a certificate and its key: PEM files, or a certificate that is made.

use std::fmt;
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::{Error, ErrorKind, Result};

/// The origin of a certificate and its key.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Files {
        certificate: PathBuf,
        key: PathBuf,
    },
    /// A certificate for these hosts, signed by its own key.
    #[cfg(feature = "webtransport")]
    SelfSigned {
        names: Vec<String>,
    },
}

/// A certificate with those between it and a root, and its key.
pub(super) type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Source {
    /// Returns `true` if each read makes another certificate.
    pub(super) fn is_made(&self) -> bool {
        !matches!(self, Self::Files { .. })
    }

    /// Reads the files, or makes a certificate.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], with the file or the name that is wrong, and the reason.
    pub(super) fn read(&self) -> Result<Pair> {
        match self {
            Self::Files { certificate, key } => {
                Ok((read_certificates(certificate)?, read_key(key)?))
            }
            #[cfg(feature = "webtransport")]
            Self::SelfSigned { names } => super::quic::self_signed(names).map_err(config_error),
        }
    }

    /// Returns the error of a pair that rustls does not take.
    pub(super) fn unusable(&self, error: &rustls::Error) -> Error {
        let (certificate, key) = match self {
            Self::Files { certificate, key } => (certificate.display(), key.display()),
            #[cfg(feature = "webtransport")]
            Self::SelfSigned { .. } => {
                return config_error(format!("a self-signed certificate cannot be used: {error}"));
            }
        };
        config_error(match error {
            rustls::Error::InconsistentKeys(_) => {
                format!(
                    "the key in `{key}` is not that of the first certificate in `{certificate}`"
                )
            }
            rustls::Error::InvalidCertificate(_) => {
                format!("the first certificate in `{certificate}` cannot be used: {error}")
            }
            _ => format!("the key in `{key}` cannot be used: {error}"),
        })
    }
}

/// Shows the file of the certificate.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files { certificate, .. } => certificate.display().fmt(f),
            #[cfg(feature = "webtransport")]
            Self::SelfSigned { .. } => f.write_str("(self-signed)"),
        }
    }
}

/// Reads the certificates of a PEM file.
pub(super) fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
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

pub(super) fn config_error(text: String) -> Error {
    Error::new(ErrorKind::Config, text)
}
