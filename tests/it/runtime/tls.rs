//! TLS on listeners and in the Rust client.

pub(super) mod authority;
mod clients;
mod refusals;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use nano::client::Client;
use nano::testing::{RawClient, TestApp};
use nano::{App, ErrorKind, Listen, ProxyProtocol, Session, Tcp, WebSocket, component};
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, HandshakeKind};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::memory::{Memory, Port, memory};
use crate::promises::support::{Log, in_time};
use authority::Authority;

struct Desk(Log);

#[component]
impl Desk {
    #[handler]
    fn echo(&self, text: String) -> String {
        text
    }

    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        let address = session.remote_addr();
        self.0.add(address.map_or("none".into(), |address| address.to_string()));
    }
}

fn app() -> App {
    App::new().component(Desk(Log::default()))
}

/// Starts an app with a listener in memory.
async fn start<L: Listen>(app: App, listen: impl FnOnce(Memory) -> L) -> (TestApp, Port) {
    let (port, listener) = memory();
    (TestApp::start(app.listen(listen(listener))).await, port)
}

async fn connect<I>(io: I, config: Arc<ClientConfig>) -> TlsStream<I>
where
    I: AsyncRead + AsyncWrite + Unpin,
{
    let name = ServerName::try_from("localhost").expect("a name");
    let connected = TlsConnector::from(config).connect(name, io);
    in_time("a handshake", connected).await.expect("a server that speaks TLS")
}

#[tokio::test]
async fn clients_are_served_over_tls_and_wss() {
    let authority = Authority::new();
    authority.sign("localhost");
    let tls = authority.tls();
    let app = app()
        .threads(2)
        .listen(tls.over(Tcp::bind("localhost:0")))
        .listen(tls.over(WebSocket::bind("localhost:0").path("/nano")));
    let app = TestApp::start(app).await;
    let [tcp, websocket] = app.server().addresses() else { panic!("two addresses") };
    for url in [
        format!("tls://localhost:{}", tcp.port()),
        format!("wss://localhost:{}/nano", websocket.port()),
    ] {
        let client = Client::builder().root_certificates(authority.root()).connect(&url).await;
        let client = client.expect("a server that speaks TLS");
        // More than a record of TLS holds.
        let text = "x".repeat(50_000);
        let reply: String = client.request("desk.echo", &text).await.expect("a reply");
        assert_eq!(reply, text, "{url}");
        let requests: Vec<_> = (0..50)
            .map(|_| {
                let (client, text) = (client.clone(), text.clone());
                tokio::spawn(async move { client.request::<_, String>("desk.echo", &text).await })
            })
            .collect();
        for request in requests {
            assert_eq!(request.await.expect("no panic").expect("a reply"), text, "{url}");
        }
        client.close().await;
    }
    app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn sessions_resume_and_a_websocket_is_http() {
    let authority = Authority::new();
    authority.sign("localhost");
    let tls = authority.tls();
    for version in [&TLS12, &TLS13] {
        for is_websocket in [false, true] {
            let (_app, port) = match is_websocket {
                false => start(app(), |memory| tls.over(memory)).await,
                true => start(app(), |memory| tls.over(WebSocket::over(memory))).await,
            };
            let mut config = authority.client(&[version]);
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            let config = Arc::new(config);
            let mut kinds = Vec::new();
            for _ in 0..2 {
                let mut stream = connect(port.connect(None), config.clone()).await;
                let session = stream.get_ref().1;
                let alpn = session.alpn_protocol().map(<[u8]>::to_vec);
                assert_eq!(alpn, is_websocket.then(|| b"http/1.1".to_vec()));
                kinds.push(session.handshake_kind());
                // The ticket comes before what the server answers.
                let request: &[u8] = if is_websocket { b"?\r\n\r\n" } else { b"\x02\0\0\0" };
                stream.write_all(request).await.expect("the server reads");
                let mut rest = Vec::new();
                stream.read_to_end(&mut rest).await.expect("an orderly end");
                let answer = String::from_utf8_lossy(&rest);
                assert!(answer.contains(if is_websocket { "400" } else { "handshake" }));
            }
            assert_eq!(kinds[1], Some(HandshakeKind::Resumed), "{version:?}");
            assert_ne!(kinds[0], kinds[1]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_header_of_a_proxy_comes_before_tls() {
    let authority = Authority::new();
    authority.sign("localhost");
    let (tls, log) = (authority.tls(), Log::default());
    let app = || App::new().component(Desk(log.clone()));
    for (number, outside) in [(1, true), (2, false)] {
        let (_app, port) = match outside {
            true => start(app(), |memory| ProxyProtocol::over(tls.over(memory))).await,
            false => start(app(), |memory| tls.over(ProxyProtocol::over(memory))).await,
        };
        let mut stream = port.connect(None);
        let header = b"PROXY TCP4 203.0.113.7 10.0.0.2 4711 3250\r\n";
        stream.write_all(header).await.expect("the server reads");
        let stream = connect(stream, Arc::new(authority.client(&[&TLS13]))).await;
        let mut client = RawClient::new(stream);
        assert_eq!(client.open().await["code"], 200);
        log.reached_times("203.0.113.7:4711", number).await;
    }
}

/// Returns the certificate that the server shows to a new client.
async fn certificate(port: &Port, authority: &Authority) -> Vec<u8> {
    let stream = connect(port.connect(None), Arc::new(authority.client(&[&TLS13]))).await;
    let session = stream.get_ref().1;
    let chain = session.peer_certificates().expect("a certificate");
    chain[0].to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_are_renewed_under_load() {
    const RENEWALS: usize = 20;
    let authority = Authority::new();
    authority.sign("localhost");
    let tls = authority.tls();
    let (app, port) = start(app(), |memory| tls.over(memory)).await;
    let old = connect(port.connect(None), Arc::new(authority.client(&[&TLS13]))).await;
    let old = Client::builder().over(old).await.expect("a server");

    let (is_done, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let port = Arc::new(port);
    let load: Vec<_> = (0..4)
        .map(|_| {
            // Tickets of the time before a renewal are tried as well.
            let config = Arc::new(authority.client(&[&TLS12, &TLS13]));
            let (port, is_done, served) = (port.clone(), is_done.clone(), served.clone());
            tokio::spawn(async move {
                while !is_done.load(SeqCst) {
                    let stream = connect(port.connect(None), config.clone()).await;
                    let client = Client::builder().over(stream).await.expect("a server");
                    let reply: String = client.request("desk.echo", &"hi").await.expect("a reply");
                    assert_eq!(reply, "hi");
                    served.fetch_add(1, SeqCst);
                }
            })
        })
        .collect();
    for _ in 0..RENEWALS {
        let (before, clients) = (certificate(&port, &authority).await, served.load(SeqCst));
        assert!(!tls.reload().await.expect("a pair"), "nothing has changed");
        authority.sign("localhost");
        assert!(tls.reload().await.expect("a pair"), "there is another certificate");
        assert_ne!(certificate(&port, &authority).await, before);
        in_time("more clients", async {
            while served.load(SeqCst) < clients + 4 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    is_done.store(true, SeqCst);
    for task in load {
        task.await.expect("every client was served");
    }

    // A pair that cannot work changes nothing.
    let before = certificate(&port, &authority).await;
    authority.write("key.pem", "");
    let error = tls.reload().await.expect_err("there is no key");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(certificate(&port, &authority).await, before);
    let reply: String = old.request("desk.echo", &"still here").await.expect("a reply");
    assert_eq!(reply, "still here");
    app.shutdown().await;
}
