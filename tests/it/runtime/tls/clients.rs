//! Certificates of clients.

use std::sync::Arc;

use nano::client::Client;
use nano::{App, Data, Handshake, PeerCertificate, Result, Session, Tls, WebSocket, component};
use rustls::ClientConfig;
use rustls::version::TLS13;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::super::memory::Port;
use super::authority::Authority;
use super::{connect, start};
use crate::promises::support::{Logged, in_time};

struct Gate;

#[component]
impl Gate {
    #[on(handshake)]
    fn greet(&self, session: &Session, _hello: Handshake) -> Result<Option<Vec<u8>>> {
        Ok(session.get::<PeerCertificate>().map(|certificate| certificate.der().to_vec()))
    }

    #[handler]
    fn length(&self, certificate: Data<PeerCertificate>) -> usize {
        certificate.der().len()
    }
}

impl Authority {
    /// The pair that was written, for clients with a certificate of `authority`.
    fn tls_for(&self, authority: &Authority) -> Tls {
        self.write("clients.pem", authority.root());
        self.tls().client_ca(self.path("clients.pem"))
    }
}

/// What a client hears before the server closes the connection, or the error that its TLS ends with.
async fn hear(port: &Port, config: ClientConfig) -> Result<String, String> {
    let mut stream = connect(port.connect(None), Arc::new(config)).await;
    // In TLS 1.3 a client learns after its own handshake that it is refused.
    let _refused = stream.write_all(b"\x02\0\0\0").await;
    let mut rest = Vec::new();
    let read = in_time("the end", stream.read_to_end(&mut rest)).await;
    read.map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&rest).into_owned())
}

#[tokio::test(start_paused = true)]
async fn only_clients_with_a_certificate_of_the_authority_are_let_in() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let (server, partners, strangers) = (Authority::new(), Authority::new(), Authority::new());
    server.sign("localhost");
    let tls = server.tls_for(&partners);
    let (app, port) = start(App::new().component(Gate), |memory| tls.over(memory)).await;
    let refused = async |config: ClientConfig, alert: &str| {
        let error = hear(&port, config).await.expect_err("it is refused");
        assert!(error.contains(alert), "{error}");
    };
    refused(server.client(&[&TLS13]), "CertificateRequired").await;
    refused(server.client_of(&strangers, 4000).0, "received fatal alert").await;
    refused(server.client_of(&server, 4000).0, "received fatal alert").await;
    refused(server.client_of(&partners, 2021).0, "CertificateExpired").await;
    let lines = logged.of("INFO");
    let failed: Vec<_> = lines.iter().filter(|line| line.contains("handshake failed")).collect();
    assert!(matches!(&failed[..], [line] if line.contains("no certificate")), "{lines:?}");
    // What was too much for this client is no TLS: it got through.
    let (config, _) = server.client_of(&partners, 4000);
    assert!(hear(&port, config).await.expect("it is let in").contains("handshake"));
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn hooks_and_handlers_see_the_certificate_of_the_client() {
    let (server, partners) = (Authority::new(), Authority::new());
    server.sign("localhost");
    let tls = server.tls_for(&partners);
    let (config, der) = server.client_of(&partners, 4000);
    let config = Arc::new(config);
    let gate = || App::new().component(Gate);
    // The second connection resumes the TLS session of the first, and shows no certificate again.
    let (app, port) = start(gate(), |memory| tls.over(memory)).await;
    for _ in 0..2 {
        let stream = connect(port.connect(None), config.clone()).await;
        let client = Client::builder().over(stream).await.expect("a connection");
        assert_eq!(client.user::<Vec<u8>>().expect("a certificate"), der);
        let length: usize = client.request("gate.length", &()).await.expect("a reply");
        assert_eq!(length, der.len());
        client.close().await;
    }
    app.shutdown().await;

    let (app, port) = start(gate(), |memory| tls.over(WebSocket::over(memory))).await;
    let mut stream = connect(port.connect(None), config).await;
    let request = "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    stream.write_all(b"\x82\x84\0\0\0\0\x01\0\0\0").await.expect("the server reads");
    let mut heard = Vec::new();
    let user = json!(der).to_string();
    while !String::from_utf8_lossy(&heard).contains(&user) {
        heard.push(stream.read_u8().await.unwrap_or_else(|_| panic!("{}", heard.escape_ascii())));
    }
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn sessions_of_listeners_that_ask_for_none_have_no_certificate() {
    let server = Authority::new();
    server.sign("localhost");
    let tls = server.tls();
    let (app, port) = start(App::new().component(Gate), |memory| tls.over(memory)).await;
    let (config, _) = server.client_of(&server, 4000);
    let stream = connect(port.connect(None), Arc::new(config)).await;
    let client = Client::builder().over(stream).await.expect("a connection");
    let refused = client.request::<_, usize>("gate.length", &()).await.expect_err("none");
    assert_eq!(refused.code(), Some("no_data"));
    app.shutdown().await;
}

#[tokio::test]
async fn authorities_are_checked_at_the_start_and_read_again() {
    let (server, partners, others) = (Authority::new(), Authority::new(), Authority::new());
    server.sign("localhost");
    let tls = server.tls_for(&partners);
    let refused = async |cause: &str| {
        let app = App::new().listen(tls.over(nano::Tcp::bind("127.0.0.1:0")));
        let error = app.start().await.expect_err("the file is wrong").to_string();
        assert!(error.contains(cause) && error.contains("clients.pem"), "{error}");
    };
    server.write("clients.pem", "");
    refused("has no certificate").await;
    server.write("clients.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    refused("the authorities in `").await;
    server.write("clients.pem", partners.root());

    let (app, port) = start(App::new().component(Gate), |memory| tls.over(memory)).await;
    assert!(!tls.reload().await.expect("a pair"), "nothing has changed");
    let lets_in = async |authority| hear(&port, server.client_of(authority, 4000).0).await.is_ok();
    assert!(lets_in(&partners).await && !lets_in(&others).await);
    server.write("clients.pem", others.root());
    assert!(tls.reload().await.expect("a pair"), "another authority");
    assert!(!lets_in(&partners).await && lets_in(&others).await);
    app.shutdown().await;
}
