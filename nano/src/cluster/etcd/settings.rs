//! The settings of the connection to etcd.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use tonic::codegen::http::Uri;

use super::endpoints::{Endpoint, Endpoints};
use crate::cluster::sockets::Secure;
use crate::door::certificates::{Pem, unusable_pair};

/// The port of etcd, where an address has none.
const PORT: u16 = 2379;

#[derive(Clone)]
pub(super) struct Settings {
    endpoints: Vec<String>,
    pub(super) authorities: Option<PathBuf>,
    pub(super) certificate: Option<(PathBuf, PathBuf)>,
    /// With the password.
    pub(super) user: Option<(String, String)>,
}

impl Settings {
    pub(super) fn new(endpoints: Vec<String>) -> Self {
        Self { endpoints, authorities: None, certificate: None, user: None }
    }

    /// Makes the connections, which open when they are used.
    ///
    /// # Errors
    ///
    /// The fault of an address or a file.
    pub(super) fn connect(&self) -> Result<Endpoints, String> {
        if self.endpoints.is_empty() {
            return Err("etcd: there is no address".to_owned());
        }
        let tls = self.tls()?;
        let endpoints = self.endpoints.iter().map(|address| endpoint(address, tls.as_ref()));
        Ok(Endpoints::new(endpoints.collect::<Result<_, _>>()?, self.user.clone()))
    }

    fn tls(&self) -> Result<Option<Arc<ClientConfig>>, String> {
        let Some(authorities) = &self.authorities else { return Ok(None) };
        let fault = |error: crate::Error| format!("etcd: {error}");
        let authorities = Pem::read(authorities, "certificate").map_err(fault)?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(authorities.authorities().map_err(fault)?);
        let mut config = match &self.certificate {
            Some((certificate, key)) => {
                let certificate = Pem::read(certificate, "certificate").map_err(fault)?;
                let key = Pem::read(key, "key").map_err(fault)?;
                let chain = certificate.certificates().map_err(fault)?;
                let private = key.key().map_err(fault)?;
                config
                    .with_client_auth_cert(chain, private)
                    .map_err(|error| fault(unusable_pair(&certificate, &key, &error)))?
            }
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Some(Arc::new(config)))
    }
}

fn endpoint(address: &str, tls: Option<&Arc<ClientConfig>>) -> Result<Endpoint, String> {
    let wrong = || format!("etcd: `{address}` is no address: expected `http://host:2379`");
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    let host = uri.host().filter(|_| uri.path() == "/" && uri.query().is_none());
    let host = host.ok_or_else(wrong)?;
    let target = format!("{host}:{}", uri.port_u16().unwrap_or(PORT));
    let secure = match (uri.scheme_str(), tls) {
        (Some("http"), _) => None,
        (Some("https"), Some(config)) => {
            let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
            let name = ServerName::try_from(name).map_err(|_| wrong())?;
            Some(Secure::with(config.clone(), name))
        }
        (Some("https"), None) => {
            return Err(format!("etcd: `{address}` needs `.authorities(\"etcd-ca.pem\")`"));
        }
        _ => return Err(wrong()),
    };
    Ok(Endpoint::new(target, secure))
}

/// Shows no password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_ref().map(|(name, _)| name);
        f.debug_struct("Settings")
            .field("endpoints", &self.endpoints)
            .field("authorities", &self.authorities)
            .field("certificate", &self.certificate)
            .field("user", &user)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_files_that_cannot_be_are_named_and_no_password_is_shown() {
        let connect = |address: &str| Settings::new(vec![address.to_owned()]).connect().err();
        for (address, fault) in [
            ("10.0.0.1:2379", "`10.0.0.1:2379` is no address"),
            ("ftp://a", "`ftp://a` is no address"),
            ("http://a/b", "`http://a/b` is no address"),
            ("https://a", "`https://a` needs `.authorities("),
        ] {
            let told = connect(address).expect("a fault");
            assert!(told.contains(fault), "{told}");
        }
        let mut settings = Settings::new(vec!["https://a".into()]);
        settings.authorities = Some("none.pem".into());
        settings.user = Some(("game".into(), "SECRET".into()));
        assert!(settings.connect().expect_err("a fault").contains("`none.pem` cannot be read"));
        let shown = format!("{settings:?}");
        assert!(shown.contains("game") && !shown.contains("SECRET"), "{shown}");
        assert!(Settings::new(Vec::new()).connect().is_err());
    }
}
