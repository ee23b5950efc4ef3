//! HTTP requests before the upgrade, or instead of it.

use nano::{App, WebSocket};

use super::peer::{BINARY, FIN, Peer, frame, request};
use super::{Scene, packet, scene};
use crate::promises::support::Logged;

/// Checks that a new connection that sends `bytes` is answered with `status` and a text in which `text` occurs,
/// and then closed.
async fn answered(bytes: impl AsRef<[u8]>, status: &str, text: &str) {
    let mut scene = scene().await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    peer.send(bytes).await;
    let head = peer.head().await;
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    let body = peer.rest().await;
    assert!(body.contains(text), "{body}");
    assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}{body}");
    scene.goes_on().await;
    scene.no_other_end();
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a browser\r\n\r\n")
}

/// In another framework a browser that opened the port got an error about a missing token.
#[tokio::test]
async fn trap_24_the_port_says_what_it_is_for() {
    answered(get("/favicon.ico"), "404", "the WebSocket is at /nano").await;
    answered(get("/"), "404", "the WebSocket is at /nano").await;
    answered(get("/nano"), "426", "speaks the nano protocol over WebSocket").await;
}

#[tokio::test]
async fn an_upgrade_at_another_path() {
    answered(request("/nano/"), "404", "the WebSocket is at /nano").await;
    answered(request("/other"), "404", "the WebSocket is at /nano").await;
}

#[tokio::test]
async fn an_upgrade_that_is_not_quite_one() {
    answered(request("/nano").replace("Version: 13", "Version: 8"), "426", "WebSocket").await;
    answered(request("/nano").replace("Sec-WebSocket-Key", "X-Key"), "426", "WebSocket").await;
    answered(request("/nano").replace("GET", "POST"), "405", "with GET, not with POST").await;
}

#[tokio::test]
async fn garbage_instead_of_a_request() {
    answered(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400", "no request for it").await;
    answered(packet(1, "{}"), "400", "no request for it").await;
    answered([0xff; 4096], "400", "no request for it").await;
    answered(b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n", "400", "the PROXY protocol").await;
    answered(b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "400", "the PROXY protocol").await;
}

/// Opens a WebSocket by a request, and checks that it works. Returns the head of the answer.
async fn opened(request: impl AsRef<[u8]>) -> String {
    opened_at(WebSocket::bind("127.0.0.1:0").path("/nano"), request).await
}

async fn opened_at(listener: WebSocket, request: impl AsRef<[u8]>) -> String {
    let scene = Scene::of(App::new().listen(listener)).await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    peer.send(&request).await;
    let head = peer.head().await;
    let request = String::from_utf8_lossy(request.as_ref());
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}\nfor {request}");
    peer.send(frame(FIN | BINARY, packet(1, ""))).await;
    assert_eq!(peer.packet().await.0, 1, "{request}");
    head.to_ascii_lowercase()
}

/// A request with more fields.
fn with(fields: &str) -> String {
    request("/nano").replace("\r\n\r\n", &format!("\r\n{fields}\r\n\r\n"))
}

/// Hosts that pages share give each other cookies.
#[tokio::test]
async fn case_s05_upgrade_heads_with_many_cookies() {
    for len in [7_500, 8_200, 16 * 1024, 31 * 1024] {
        opened(with(&format!("Cookie: {}", "c".repeat(len)))).await;
    }
    let fields: String = (0..240).map(|n| format!("X-Field-{n}: 1\r\n")).collect();
    opened(with(fields.trim_end())).await;
}

/// The refusal arrives although the rest of the head was not read.
#[tokio::test]
async fn case_s05_upgrade_heads_over_the_limit() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    answered(with(&format!("Cookie: {}", "c".repeat(33 * 1024))), "431", "32768 bytes").await;
    answered("x".repeat(256 * 1024), "431", "exceeds 32768 bytes").await;
    answered(get(&format!("/{}", "x".repeat(64 * 1024))), "431", "exceeds 32768 bytes").await;
    let fields: String = (0..260).map(|n| format!("X-Field-{n}: 1\r\n")).collect();
    answered(with(fields.trim_end()), "431", "more than 256 header fields").await;
    let [line, ..] = &logged.of("WARN")[..] else { panic!("nothing in the log") };
    assert!(line.contains("the request head exceeds 32768 bytes"), "{line}");

    let limited = || WebSocket::bind("127.0.0.1:0").path("/nano").head_limit(1024);
    opened_at(limited(), with(&format!("Cookie: {}", "c".repeat(700)))).await;
    let scene = Scene::of(App::new().listen(limited())).await;
    let before = logged.of("WARN").len();
    for _ in 0..50 {
        let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
        peer.send(with(&format!("Cookie: {}", "c".repeat(1024)))).await;
        assert!(peer.head().await.starts_with("HTTP/1.1 431 "));
    }
    let lines = logged.of("WARN").split_off(before);
    assert!((1..10).contains(&lines.len()), "one a second: {lines:?}");
    let error = App::new().listen(WebSocket::bind("127.0.0.1:0").head_limit(100)).start().await;
    let error = error.expect_err("no request fits").to_string();
    assert!(error.contains("head_limit is 100 bytes; 1024 are the least"), "{error}");
}

#[tokio::test]
async fn case_s05_upgrade_requests_of_all_kinds_of_clients() {
    let usual = request("/nano");
    for odd in [
        usual.replace("Connection: Upgrade", "Connection: keep-alive, Upgrade"),
        usual.replace("Connection: Upgrade", "Connection: keep-alive\r\nConnection: upgrade"),
        usual.replace("Upgrade: websocket", "Upgrade: h2c, WebSocket"),
        usual.replace("GET /nano", "GET http://localhost/nano"),
        usual.replace("GET /nano", "GET /nano?token=a%2Fb"),
        usual.replace("Host: localhost\r\n", ""),
        usual.replace("\r\n", "\n"),
        usual.replace(": ", ":  "),
        format!("\r\n{usual}"),
        usual
            .lines()
            .map(|line| match line.split_once(": ") {
                Some((name, value)) => format!("{}:{value}\r\n", name.to_ascii_lowercase()),
                None => format!("{line}\r\n"),
            })
            .collect(),
        with("Content-Length: 0"),
        with("Cookie: a=1\r\nCookie: b=2\r\nHost: other\r\nX-Name: \u{e9}"),
        with("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"),
    ] {
        let head = opened(&odd).await;
        assert!(!head.contains("sec-websocket-extensions"), "{head}");
    }
}

#[tokio::test]
async fn case_s05_upgrade_requests_that_are_refused() {
    let usual = request("/nano");
    let (key, version) =
        ("Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==", "Sec-WebSocket-Version: 13");
    for (odd, status, text) in [
        (usual.replace("HTTP/1.1", "HTTP/1.0"), "426", "`proxy_http_version 1.1`"),
        (usual.replace("Version: 13", "Version: 14"), "426", "`Sec-WebSocket-Version: 13`"),
        (with(version), "426", "`Sec-WebSocket-Version: 13`"),
        (with(key), "426", "in base64, once"),
        (usual.replace("Key: dG", "Key: "), "426", "in base64, once"),
        (usual.replace("Connection: Upgrade", "Connection: close"), "426", "`Connection: Upgrade`"),
        (usual.replace("Upgrade: websocket", "Upgrade: h2c"), "426", "`Upgrade: websocket`"),
        // Its bytes would be taken for frames.
        (with("Content-Length: 5") + "hello", "400", "has no body"),
        (with("Transfer-Encoding: chunked") + "0\r\n\r\n", "400", "has no body"),
        (usual.replace("Host: localhost", "Host localhost"), "400", "no request for it"),
        (usual.replace("GET /nano", "GET nano"), "404", "the WebSocket is at /nano"),
        (usual.replace("HTTP/1.1", "HTTP/2.0"), "400", "no request for it"),
    ] {
        answered(odd, status, text).await;
    }
    let scene = scene().await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    peer.send(usual.replace("Version: 13", "Version: 8")).await;
    let head = peer.head().await;
    assert!(head.contains("\r\nSec-WebSocket-Version: 13\r\n"), "{head}");
    assert!(head.contains("\r\nUpgrade: websocket\r\n"), "{head}");
}

/// Closing a connection with unread bytes resets it, and the answer would be lost on its way.
#[tokio::test]
async fn case_s05_upgrade_refusals_are_not_overtaken_by_a_reset() {
    let long = with(&format!("Cookie: {}", "c".repeat(64 * 1024)));
    for bytes in [get("/other"), long, with("Content-Length: 9")] {
        let scene = scene().await;
        let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
        peer.send(bytes).await;
        peer.head().await;
        peer.rest().await;
        for _ in 0..4 {
            peer.try_send([0; 16 * 1024]).await.expect("the server still reads");
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn case_s05_upgrade_to_a_subprotocol() {
    let listener =
        || WebSocket::bind("127.0.0.1:0").path("/nano").subprotocols(["nano.v2", "nano"]);
    for (asked, taken) in [
        ("Sec-WebSocket-Protocol: nano, token.abc", Some("nano")),
        ("Sec-WebSocket-Protocol: nano,nano.v2", Some("nano.v2")),
        ("Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: nano", Some("nano")),
        ("Sec-WebSocket-Protocol: other", None),
        ("X-Other: nano", None),
    ] {
        let head = opened_at(listener(), with(asked)).await;
        let answer = head.lines().find_map(|line| line.strip_prefix("sec-websocket-protocol: "));
        assert_eq!(answer, taken, "{asked}");
    }
    let head = opened(with("Sec-WebSocket-Protocol: nano")).await;
    assert!(!head.contains("sec-websocket-protocol"), "{head}");
    let wrong = WebSocket::bind("127.0.0.1:0").subprotocols(["nano v2\r\n"]);
    let error = App::new().listen(wrong).start().await.expect_err("no token").to_string();
    assert!(error.contains("the subprotocol `nano v2\\r\\n` is no HTTP token"), "{error}");
}

#[tokio::test]
async fn an_upgrade_of_another_sites_page_is_refused() {
    let listener =
        || WebSocket::bind("127.0.0.1:0").path("/nano").origins(["https://game.example"]);
    // Clients that are no pages send none.
    for field in ["Origin: https://game.example", "X-Other: nano"] {
        opened_at(listener(), with(field)).await;
    }
    let scene = Scene::of(App::new().listen(listener())).await;
    for other in ["https://evil.example", "http://game.example", "null"] {
        let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
        peer.send(with(&format!("Origin: {other}"))).await;
        let head = peer.head().await;
        assert!(head.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{other}: {head}");
        assert!(peer.rest().await.contains("pages of this origin may not open"), "{other}");
    }
    let wrong = WebSocket::bind("127.0.0.1:0").origins(["https://game.example/"]);
    let error = App::new().listen(wrong).start().await.expect_err("it has a path").to_string();
    assert!(error.contains("the origin `https://game.example/` is not as browsers"), "{error}");
}

#[tokio::test]
async fn case_s05_upgrade_health_checks() {
    for path in ["/healthz", "/nano"] {
        let listener = WebSocket::bind("127.0.0.1:0").path("/nano").health(path);
        let scene = Scene::of(App::new().listen(listener)).await;
        let address = scene.app.server().addresses()[0];
        for (request, status, body) in [
            (get(path), "200 OK", "ok\n"),
            (get(path).replace("GET", "HEAD"), "200 OK", ""),
            (format!("GET {path}?full=1 HTTP/1.0\r\n\r\n"), "200 OK", "ok\n"),
            (get("/other"), "404 Not Found", "nothing here; the WebSocket is at /nano\n"),
            (get("/other").replace("GET", "HEAD"), "404 Not Found", ""),
        ] {
            let mut peer = Peer::connect(address).await;
            peer.send(&request).await;
            let head = peer.head().await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{request}{head}");
            assert_eq!(peer.rest().await, body, "{request}");
        }
        let mut peer = Peer::connect(address).await;
        peer.send(get(path).replace("GET", "POST")).await;
        let status = if path == "/nano" { "HTTP/1.1 405 " } else { "HTTP/1.1 404 " };
        assert!(peer.head().await.starts_with(status));
        Peer::upgraded(address, "/nano").await.open().await;
        scene.is_served().await;
    }
    let wrong = WebSocket::bind("127.0.0.1:0").health("healthz");
    let error = App::new().listen(wrong).start().await.expect_err("no path").to_string();
    assert!(error.contains("the health path `healthz` does not start with a slash"), "{error}");
}

#[tokio::test]
async fn a_path_with_a_query_and_data_behind_the_request() {
    let scene = scene().await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    let mut bytes = request("/nano?token=7").into_bytes();
    bytes.extend_from_slice(&frame(FIN | BINARY, packet(1, "")));
    bytes.extend_from_slice(&frame(FIN | BINARY, packet(2, "")));
    bytes.extend_from_slice(&frame(FIN | BINARY, packet(4, b"\x00\x01\x09arena.add[1,2]")));
    peer.send(bytes).await;
    assert!(peer.head().await.starts_with("HTTP/1.1 101 "));
    assert_eq!(peer.packet().await.0, 1);
    assert_eq!(peer.packet().await, (4, b"\x04\x013".to_vec()));
    scene.is_served().await;
}

#[tokio::test]
async fn a_peer_that_leaves_within_its_request() {
    let scene = scene().await;
    let mut peer = Peer::connect(scene.app.server().addresses()[0]).await;
    peer.send(&request("/nano")[..40]).await;
    drop(peer);
    scene.goes_on().await;
}
