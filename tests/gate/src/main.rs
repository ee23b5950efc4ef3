//! A server with a listener for each way through a proxy, for TLS, and for WebTransport.
//!
//! Its argument is a folder, into which it writes `root.pem`, `cert.pem` and `key.pem`: a certificate for `localhost`.
//! `cargo xtask e2e proxies` starts it behind nginx and HAProxy.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nano::{
    App, Error, ProxyProtocol, Result, ResultExt, Resume, Session, Tcp, Tls, WebSocket,
    WebTransport, component, push,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

#[derive(Default)]
struct Gate {
    sessions: AtomicU32,
}

#[push]
trait GatePush {
    /// The newest step of a walk.
    #[push(name = "onMove", class = latest)]
    fn moved(step: u32);
    /// Each step of a walk.
    #[push(name = "onStep")]
    fn step(step: u32);
}

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

    /// Answers with the number of sessions.
    #[handler]
    fn sessions(&self) -> u32 {
        self.sessions.load(Ordering::Relaxed)
    }

    /// Tells the client of so many steps, one in each frame of 100 a second.
    #[handler]
    async fn walk(&self, session: &Session, steps: u32) -> Result<()> {
        for step in 1..=steps {
            GatePush::to(session).moved(&step)?;
            GatePush::to(session).step(&step)?;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    #[on(session_opened)]
    fn opened(&self) {
        self.sessions.fetch_add(1, Ordering::Relaxed);
    }

    #[on(session_closed)]
    fn closed(&self) {
        self.sessions.fetch_sub(1, Ordering::Relaxed);
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

/// The addresses to try for two listeners that have one port, for TCP and UDP.
///
/// The system gives ports from 32,768 on to those who ask for any, and to connections: one that is free for UDP may be taken
/// for TCP. The tests have other ports below.
fn places() -> impl Iterator<Item = SocketAddr> {
    const FIRST: u16 = 30_000;
    const COUNT: u16 = 1_000;
    let start = std::process::id() % u32::from(COUNT);
    let ports = (FIRST..FIRST + COUNT).cycle().skip(start as usize).take(50);
    ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port)))
}

#[tokio::main]
async fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| Error::internal("the argument is a folder"))?;
    let tls = write_certificate(&folder)?;
    let websocket = || WebSocket::bind("127.0.0.1:0").path("/nano").health("/healthz");
    let tcp = || Tcp::bind("127.0.0.1:0");
    let development = Tls::self_signed(["127.0.0.1"])?;
    // The client looks for WebTransport at the port of the WebSocket.
    let app = |both: SocketAddr| {
        App::new()
            .component(Gate::default())
            .push(GatePush)
            .resume(Resume::new())
            .listen(websocket().trust_forwarded_for(1))
            .listen(ProxyProtocol::over(websocket()))
            .listen(ProxyProtocol::over(tcp()))
            .listen(ProxyProtocol::over(tls.over(websocket())))
            .listen(tls.over(websocket()))
            .listen(tls.over(tcp()))
            .listen(WebSocket::bind(both).path("/nano"))
            .listen(WebTransport::bind(both).path("/nano").tls(&development))
    };
    let mut places = places();
    let server = loop {
        let place = places.next().ok_or_else(|| Error::internal("no port is free"))?;
        match app(place).start().await {
            Ok(server) => break server,
            // Somebody has one of the two ports, perhaps another of these programs.
            Err(error) => eprintln!("{place} is not free: {error}"),
        }
    };
    let hash = development.certificate_hash().unwrap_or_default();
    let names = [
        "forwarded",
        "proxied-websocket",
        "proxied-tcp",
        "proxied-tls",
        "tls",
        "tls-tcp",
        "websocket",
        "webtransport",
    ];
    // The reader of the addresses may send a signal at once, so signals are handled from here on.
    let (ran, ()) = tokio::join!(biased; server.run(), async {
        for (name, address) in names.into_iter().zip(server.addresses()) {
            println!("{name} {address}");
        }
        println!("hash {hash}");
    });
    ran
}
