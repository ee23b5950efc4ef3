//! The memory of sessions that do nothing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use allocation_counter::measure;
use nano::{App, Server, Tcp, Tls, WebSocket};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::messages::Echo;
use crate::peer::message;

/// The sessions that are measured. Their sockets and those of their clients are files of this process.
const SESSIONS: usize = 200;
/// The sessions before them, with which tables and buffers find their size.
const BEFORE: usize = 20;
/// The time that a client waits for the app.
const PATIENCE: Duration = Duration::from_secs(20);

trait Stream: Read + Write + Send {}

impl<S: Read + Write + Send> Stream for S {}

/// The way in which clients come.
#[derive(Clone)]
enum Way {
    Tcp,
    WebSocket,
    Tls(Arc<ClientConfig>),
}

impl Way {
    /// Opens a session, which has had an answer.
    fn open(&self, address: SocketAddr) -> Box<dyn Stream> {
        let mut tcp = TcpStream::connect(address).expect("the app listens");
        tcp.set_read_timeout(Some(PATIENCE)).expect("a socket");
        match self {
            Self::Tcp => opened(tcp, false),
            Self::WebSocket => {
                upgrade(&mut tcp);
                opened(tcp, true)
            }
            Self::Tls(config) => {
                let name = ServerName::try_from("localhost").expect("a name");
                let client = ClientConnection::new(config.clone(), name).expect("a client");
                opened(StreamOwned::new(client, tcp), false)
            }
        }
    }
}

/// Sends the opening and a request, and reads the answers.
fn opened(mut stream: impl Stream + 'static, is_framed: bool) -> Box<dyn Stream> {
    let packets =
        [vec![1, 0, 0, 0], [vec![2, 0, 0, 0], message(1, "echo.bytes", b"hello")].concat()];
    let mut answers = Vec::new();
    for packet in packets {
        let head = if is_framed { frame_head(packet.len()) } else { Vec::new() };
        stream.write_all(&[head, packet].concat()).expect("the app reads");
        answers = answer(&mut stream, is_framed);
    }
    assert!(answers.ends_with(b"hello"));
    Box::new(stream)
}

/// Reads the body of a packet.
fn answer(stream: &mut impl Read, is_framed: bool) -> Vec<u8> {
    let mut read = |len| {
        let mut bytes = vec![0; len];
        stream.read_exact(&mut bytes).expect("an answer");
        bytes
    };
    if is_framed && read(2)[1] == 126 {
        // The length of a longer frame.
        read(2);
    }
    let head = read(4);
    read(usize::from(head[2]) << 8 | usize::from(head[3]))
}

/// Asks for a WebSocket.
fn upgrade(stream: &mut TcpStream) {
    let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("the app reads");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        answer.extend_from_slice(&byte);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
}

/// The head of a binary frame of a client whose mask changes nothing.
fn frame_head(len: usize) -> Vec<u8> {
    let len = u8::try_from(len).ok().filter(|len| *len < 126).expect("a short packet");
    vec![0x82, 0x80 | len, 0, 0, 0, 0]
}

/// Opens so many sessions from another thread, while the app runs on this one.
fn open(runtime: &Runtime, way: &Way, address: SocketAddr, count: usize) -> Vec<Box<dyn Stream>> {
    let (opened, all) = oneshot::channel();
    let way = way.clone();
    thread::spawn(move || {
        let _ = opened.send((0..count).map(|_| way.open(address)).collect());
    });
    runtime.block_on(all).expect("all sessions open")
}

/// Checks the bytes that the app keeps for each session that does nothing.
fn check(name: &str, app: App, way: &Way, most: u64) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let server: Server = runtime.block_on(app.component(Echo).start()).expect("it starts");
    let address = server.addresses()[0];
    let before = open(&runtime, way, address, BEFORE);
    let mut sessions = Vec::new();
    let counted = measure(|| sessions = open(&runtime, way, address, SESSIONS));
    let kept = u64::try_from(counted.bytes_current).expect("it keeps something");
    let kept = kept / u64::try_from(SESSIONS).expect("few");
    assert!(kept <= most, "{name}: {kept} bytes for each idle session, more than {most}");
    drop((before, sessions));
}

#[test]
fn a_session_that_does_nothing_keeps_little() {
    let address = "127.0.0.1:0";
    check("TCP", App::new().listen(Tcp::bind(address)), &Way::Tcp, 1536);
    let websocket = App::new().listen(WebSocket::bind(address));
    check("WebSocket", websocket, &Way::WebSocket, 1664);

    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let [chain, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
    std::fs::write(&chain, cert.pem()).expect("the folder is there");
    std::fs::write(&key, signing_key.serialize_pem()).expect("the folder is there");
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .expect("a known version")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = App::new().listen(Tls::pem(&chain, &key).over(Tcp::bind(address)));
    check("TLS", tls, &Way::Tls(Arc::new(config)), 11 * 1024);
}
