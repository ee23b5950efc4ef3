//! A server with a listener for each way through a proxy, and for TLS.
//!
//! Its argument is a folder, into which it writes `root.pem`, `cert.pem` and `key.pem`: a certificate for `localhost`.
//! `cargo xtask e2e proxies` starts it behind nginx and HAProxy.

use std::fs;
use std::path::{Path, PathBuf};

use nano::{App, Error, ProxyProtocol, Result, ResultExt, Session, Tcp, Tls, WebSocket, component};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

struct Gate;

#[component]
impl Gate {
    /// Answers with the client's address.
    #[handler]
    fn address(&self, session: &Session) -> Option<String> {
        session.remote_addr().map(|address| address.to_string())
    }

    #[handler]
    fn echo(&self, text: String) -> String {
        text
    }
}

fn write_certificate(folder: &Path) -> Result<Tls> {
    let certify = || -> Result<(String, String, String), rcgen::Error> {
        let mut root = CertificateParams::default();
        // OpenSSL takes a certificate whose issuer has its own name for one that signed itself.
        root.distinguished_name.push(DnType::CommonName, "root of the tests");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(["localhost".to_owned()])?;
        let certificate = certificate.signed_by(&key, &root)?;
        Ok((root.pem(), certificate.pem(), key.serialize_pem()))
    };
    let (root, certificate, key) = certify().internal()?;
    let [cert_path, key_path] = ["cert.pem", "key.pem"].map(|name| folder.join(name));
    fs::write(folder.join("root.pem"), root)?;
    fs::write(&cert_path, certificate)?;
    fs::write(&key_path, key)?;
    Ok(Tls::pem(cert_path, key_path))
}

#[tokio::main]
async fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| Error::internal("the argument is a folder"))?;
    let tls = write_certificate(&folder)?;
    let websocket = || WebSocket::bind("127.0.0.1:0").path("/nano").health("/healthz");
    let tcp = || Tcp::bind("127.0.0.1:0");
    let server = App::new()
        .component(Gate)
        .listen(websocket().trust_forwarded_for(1))
        .listen(ProxyProtocol::over(websocket()))
        .listen(ProxyProtocol::over(tcp()))
        .listen(ProxyProtocol::over(tls.over(websocket())))
        .listen(tls.over(websocket()))
        .listen(tls.over(tcp()))
        .start()
        .await?;
    let names = ["forwarded", "proxied-websocket", "proxied-tcp", "proxied-tls", "tls", "tls-tcp"]
        .into_iter();
    // The reader of the addresses may send a signal at once, so signals are handled from here on.
    let (ran, ()) = tokio::join!(biased; server.run(), async {
        for (name, address) in names.zip(server.addresses()) {
            println!("{name} {address}");
        }
    });
    ran
}
