//! An authority that signs certificates for the tests, in files of their own.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use nano::{NodeTls, Tls};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;

/// An authority, and the folder of the certificates that it signed.
pub(in crate::runtime) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(in crate::runtime) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("a root");
        Self { issuer, folder: tempfile::tempdir().expect("a folder") }
    }

    /// The root certificate, as PEM.
    pub(in crate::runtime) fn root(&self) -> String {
        self.issuer.pem()
    }

    pub(in crate::runtime) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(in crate::runtime) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).expect("the folder is there");
    }

    /// Writes a certificate for a host, and its key.
    pub(in crate::runtime) fn sign(&self, host: &str) {
        self.sign_until(host, 4000);
    }

    /// Writes a certificate for a host that is valid from 2020 to this year, and its key.
    pub(in crate::runtime) fn sign_until(&self, host: &str, year: i32) {
        let (certificate, key) = self.issue(host, year);
        self.write("cert.pem", certificate.pem());
        self.write("key.pem", key.serialize_pem());
    }

    /// A certificate that is valid from 2020 to this year, and its key.
    fn issue(&self, name: &str, year: i32) -> (Certificate, KeyPair) {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = key();
        (params.signed_by(&key, &self.issuer).expect("a certificate"), key)
    }

    /// The pair that was written.
    pub(in crate::runtime) fn tls(&self) -> Tls {
        Tls::pem(self.path("cert.pem"), self.path("key.pem"))
    }

    /// The certificate of a node of this authority, which is valid until this year, for nodes that trust `trusted`.
    pub(in crate::runtime) fn node(&self, name: &str, year: i32, trusted: &Self) -> NodeTls {
        let (certificate, key) = self.issue(name, year);
        NodeTls::pem(trusted.root(), certificate.pem(), key.serialize_pem())
    }

    /// The certificate of a node with several names.
    pub(in crate::runtime) fn node_with(&self, names: &[&str]) -> NodeTls {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let (params, key) = (CertificateParams::new(names).expect("names"), key());
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        NodeTls::pem(self.root(), certificate.pem(), key.serialize_pem())
    }

    /// The certificate of a node that is good for these uses, and for no others.
    pub(in crate::runtime) fn node_used_as(&self, uses: &[ExtendedKeyUsagePurpose]) -> NodeTls {
        let mut params = CertificateParams::new(["two".to_owned()]).expect("a name");
        params.extended_key_usages = uses.to_vec();
        let key = key();
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        NodeTls::pem(self.root(), certificate.pem(), key.serialize_pem())
    }

    /// A client that trusts this authority.
    pub(in crate::runtime) fn client(
        &self,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(self.root().as_bytes()).expect("a certificate");
        roots.add(root).expect("a root");
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("known versions")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    /// A client that trusts this authority, and has a certificate of `issuer` that is valid until this year.
    pub(in crate::runtime) fn client_of(
        &self,
        issuer: &Self,
        year: i32,
    ) -> (ClientConfig, Vec<u8>) {
        let (certificate, key) = issuer.issue("partner.example", year);
        let mut config = self.client(&[&TLS13]);
        let (der, key) = (certificate.der().clone(), key.serialize_der());
        let shown = SingleCertAndKey::from(CertifiedKey::new(
            vec![der.clone()],
            ring::sign::any_supported_type(&PrivatePkcs8KeyDer::from(key).into()).expect("a key"),
        ));
        config.client_auth_cert_resolver = Arc::new(shown);
        (config, der.to_vec())
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
