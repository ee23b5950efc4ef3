//! Handshakes that fail, on either side, and files that cannot work.

use std::time::Duration;

use nano::client::Client;
use nano::testing::TestApp;
use nano::{App, ErrorKind, Tcp, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;

use super::super::memory::Port;
use super::authority::Authority;
use super::{app, start};
use crate::promises::support::{Logged, in_time, sessions};

/// An error with all its causes.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[tokio::test]
async fn a_client_refuses_a_certificate_that_it_cannot_trust() {
    let trusted = Authority::new();
    let refused = async |authority: &Authority, host: &str, cause: &str| {
        let logged = Logged::default();
        let _guard = tracing::subscriber::set_default(logged.clone());
        let app =
            TestApp::start(app().listen(authority.tls().over(Tcp::bind("127.0.0.1:0")))).await;
        let url = format!("tls://{host}:{}", app.server().addresses()[0].port());
        let connected = Client::builder().root_certificates(trusted.root()).connect(&url).await;
        let error = connected.expect_err("the certificate is wrong");
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(causes(&error).contains(cause), "{}", causes(&error));
        let told = async {
            let is_told = |line: &String| line.contains("a TLS handshake failed");
            while !logged.of("INFO").iter().any(is_told) {
                tokio::task::yield_now().await;
            }
        };
        in_time("the server's line of the client's alert", told).await;
        logged.of("WARN")
    };
    trusted.sign("localhost");
    assert!(refused(&trusted, "127.0.0.1", "not valid for name").await.is_empty());
    trusted.sign("game.example");
    assert!(refused(&trusted, "localhost", "not valid for name").await.is_empty());
    // It has the name of the other.
    let stranger = Authority::new();
    stranger.sign("localhost");
    assert!(refused(&stranger, "localhost", "BadSignature").await.is_empty());
    trusted.sign_until("localhost", 2021);
    let warned = refused(&trusted, "localhost", "certificate expired").await;
    assert!(matches!(&warned[..], [line] if line.contains("cert.pem")), "{warned:?}");
}

#[tokio::test]
async fn a_client_names_roots_that_it_cannot_use() {
    for (pem, cause) in
        [("", "-----BEGIN CERTIFICATE-----"), ("-----BEGIN CERTIFICATE-----\n", "end")]
    {
        let app = TestApp::start(app().listen(Tcp::bind("127.0.0.1:0"))).await;
        let url = format!("wss://localhost:{}", app.server().addresses()[0].port());
        let connected = Client::builder().root_certificates(pem).connect(&url).await;
        let error = connected.expect_err("there is no root");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(cause), "{error}");
    }
}

#[tokio::test]
async fn files_that_cannot_work_are_named_at_the_start() {
    let authority = Authority::new();
    let refused = async |cause: &str| {
        let tls = authority.tls();
        let app = app().listen(tls.over(WebSocket::bind("127.0.0.1:0")));
        let error = app.start().await.expect_err("the files are wrong").to_string();
        assert!(error.contains(cause), "{error}");
        // No part of a key is told.
        assert!(!error.contains("SECRET"), "{error}");
    };
    refused("the certificate file `").await;
    authority.sign("localhost");
    let (cert, key) = ["cert.pem", "key.pem"].map(|name| authority.path(name)).into();
    let certificate = std::fs::read(&cert).expect("a file");
    std::fs::remove_file(&key).expect("a file");
    refused("the key file `").await;
    for (text, cause) in [
        ("", "has no private key"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nSECRET\n-----END ENCRYPTED PRIVATE KEY-----\n",
            "encrypted",
        ),
        ("-----BEGIN PRIVATE KEY-----\nSECRET", "a block has no end"),
        ("-----BEGIN PRIVATE KEY-----\nSECRET!!\n-----END PRIVATE KEY-----\n", "not in base64"),
        ("-----BEGIN PRIVATE KEY-----\nSECRET==\n-----END PRIVATE KEY-----\n", "the key in `"),
    ] {
        authority.write("key.pem", text);
        refused(cause).await;
    }
    authority.sign("localhost");
    authority.write("cert.pem", certificate);
    refused("is not that of the first certificate").await;
    authority.write("cert.pem", std::fs::read(&key).expect("a file"));
    refused("has no certificate").await;
    authority.write("cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    refused("the first certificate in `").await;
}

async fn answer(port: &Port, bytes: &[u8]) -> Vec<u8> {
    let mut stream = port.connect(None);
    stream.write_all(bytes).await.expect("the server reads");
    rest(stream).await
}

async fn rest(mut stream: DuplexStream) -> Vec<u8> {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.expect("an orderly end");
    rest
}

/// A hello of a client that speaks up to this version, and has the suites of its time.
fn hello(version: u8) -> Vec<u8> {
    let mut hello = vec![3, version];
    hello.extend([7; 32]); // random
    hello.push(0); // no session to resume
    hello.extend([0, 4, 0xc0, 0x13, 0, 0x2f]); // ECDHE_RSA and RSA with AES_128_CBC_SHA
    hello.extend([1, 0]); // no compression
    let mut message = vec![1, 0, 0, hello.len() as u8];
    message.extend(hello);
    let mut record = vec![0x16, 3, 1, 0, message.len() as u8];
    record.extend(message);
    record
}

#[tokio::test(start_paused = true)]
async fn what_is_not_tls_1_2_or_1_3_is_refused_with_an_alert() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let authority = Authority::new();
    authority.sign("localhost");
    let tls = authority.tls();
    let (app, port) = start(app(), |memory| tls.over(memory)).await;
    let started = Instant::now();
    // Such clients lack an extension of TLS 1.2, which is missed first.
    const HANDSHAKE_FAILURE: u8 = 40;
    const DECODE_ERROR: u8 = 50;
    const ALERT: u8 = 21;
    for (bytes, alert) in [
        (hello(1), Some(HANDSHAKE_FAILURE)), // TLS 1.0
        (hello(2), Some(HANDSHAKE_FAILURE)), // TLS 1.1
        (b"\x16\x03\x01\x00\x04\x01\x00\x00\x00".to_vec(), Some(DECODE_ERROR)),
        (b"\x16\x03\x01\xff\xff\0\0".to_vec(), None),
    ] {
        let answer = answer(&port, &bytes).await;
        if let Some(alert) = alert {
            let (kind, last) = (answer.first(), answer.last());
            assert_eq!((kind, last), (Some(&ALERT), Some(&alert)), "{bytes:?}: {answer:?}");
        }
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
    sessions(&app, 0).await;
    let lines = logged.of("INFO");
    let failed: Vec<_> = lines.iter().filter(|line| line.contains("handshake failed")).collect();
    assert_eq!(failed.len(), 1, "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_hello_without_an_end_takes_no_memory() {
    let authority = Authority::new();
    authority.sign("localhost");
    let tls = authority.tls();
    let (_app, port) = start(app(), |memory| tls.over(memory)).await;
    let (started, mut stream) = (Instant::now(), port.connect(None));
    // A message that is said to have 16 MiB, in records of 16 KiB.
    let mut record = vec![0; 5 + (16 << 10)];
    record[..5].copy_from_slice(b"\x16\x03\x01\x40\x00");
    let (mut first, mut sent) = (record.clone(), 0);
    first[5..9].copy_from_slice(b"\x01\xff\xff\xff");
    let mut records = std::iter::once(&first).chain(std::iter::repeat(&record));
    while stream.write_all(records.next().expect("endless")).await.is_ok() {
        sent += record.len();
        // The pipe itself holds 64 KiB.
        assert!(sent <= 4 * (64 << 10), "{sent} bytes");
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_tls_is_told_of_it() {
    let authority = Authority::new();
    authority.sign("localhost");
    let tls = authority.tls();
    let kick = "\u{5}\0\0\x31{\"reason\":\"protocol_error: this port speaks TLS\"}";
    for (bytes, expected, level) in [
        (&b"GET /nano HTTP/1.1\r\nHost: game.example\r\n\r\n"[..], "https://", "INFO"),
        (b"\x01\0\0\0", kick, "INFO"),
        (b"\x01\0\0\x02{}\x02\0\0\0", kick, "INFO"),
        (b"PROXY TCP4 203.0.113.7 10.0.0.2 4711 3250\r\n", "", "WARN"),
        (b"\0", "", "INFO"),
        (&[0xff; 10_000], "", "INFO"),
    ] {
        let logged = Logged::above_debug();
        let _guard = tracing::subscriber::set_default(logged.clone());
        let (app, port) = start(App::new(), |memory| tls.over(memory)).await;
        for _ in 0..100 {
            let answer = String::from_utf8(answer(&port, bytes).await).expect("a text");
            match expected {
                "" => assert_eq!(answer, ""),
                _ => assert!(answer.contains(expected), "{answer:?}"),
            }
        }
        sessions(&app, 0).await;
        let lines = logged.of(level);
        let refused: Vec<_> = lines.iter().filter(|line| line.contains("is refused")).collect();
        assert_eq!(refused.len(), 1, "{lines:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hello_that_is_never_whole_has_the_time_of_a_handshake() {
    let authority = Authority::new();
    authority.sign("localhost");
    let tls = authority.tls();
    let app = app().handshake_timeout(Duration::from_secs(4)).max_handshakes_per_address(1);
    let (app, port) = start(app, |memory| tls.over(WebSocket::over(memory))).await;
    let hello = hello(3);
    for len in [0, 1, 3, 5, 6, hello.len() - 1] {
        let started = Instant::now();
        let mut stream = port.connect(None);
        stream.write_all(&hello[..len]).await.expect("the server reads");
        assert_eq!(rest(stream).await, b"");
        assert_eq!(started.elapsed().as_secs(), 4, "{len} bytes");
    }
    app.shutdown().await;
}
