//! The origin of a certificate and its key: PEM files, or a certificate that is made.

use std::path::PathBuf;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::door::certificates::{Pem, config_error, unusable_pair, warn_of_dates};
use crate::{Error, Result};

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
pub(super) struct Pair {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
    /// The files that they are from; `None` if they were made.
    files: Option<(Pem, Pem)>,
}

impl Source {
    /// Returns `true` if each read makes another certificate.
    pub(super) fn is_made(&self) -> bool {
        !matches!(self, Self::Files { .. })
    }

    /// Reads the files, or makes a certificate.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), with the file or the name that is wrong, and the reason.
    pub(super) fn read(&self) -> Result<Pair> {
        match self {
            Self::Files { certificate, key } => {
                let certificate = Pem::read(certificate, "certificate")?;
                let chain = certificate.certificates()?;
                let pem = Pem::read(key, "key")?;
                Ok(Pair { chain, key: pem.key()?, files: Some((certificate, pem)) })
            }
            #[cfg(feature = "webtransport")]
            Self::SelfSigned { names } => {
                let (chain, key) = super::quic::self_signed(names).map_err(config_error)?;
                Ok(Pair { chain, key, files: None })
            }
        }
    }
}

impl Pair {
    /// Returns the error of a pair that rustls does not take.
    pub(super) fn unusable(&self, error: &rustls::Error) -> Error {
        match &self.files {
            Some((certificate, key)) => unusable_pair(certificate, key, error),
            None => config_error(format!("a self-signed certificate cannot be used: {error}")),
        }
    }

    /// Warns when peers will refuse the certificate because of its dates.
    pub(super) fn warn_of_dates(&self) {
        if let Some((certificate, _)) = &self.files {
            warn_of_dates(&self.chain, certificate);
        }
    }
}
