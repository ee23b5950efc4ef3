//! Those who reach the address of a node, and are none.

use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use nano::testing::TestApp;
use nano::{App, Cluster, component};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

use crate::promises::support::{Logged, in_time};

const LINK: &str = "/nano.cluster.v1.Node/Link";

/// The most that is read of a stranger.
const GREETING: usize = 64 * 1024;

struct Desk;

#[component]
impl Desk {
    #[handler]
    fn echo(&self, text: String) -> String {
        text
    }
}

async fn node() -> TestApp {
    let node = Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1");
    TestApp::start(App::new().component(Desk).cluster(node)).await
}

/// A connection that speaks HTTP/2, and the task that drives it.
async fn stranger(app: &TestApp) -> (SendRequest<Bytes>, tokio::task::JoinHandle<()>) {
    let (client, connection) = h2::client::handshake(app.node_pipe()).await.expect("HTTP/2");
    (client, tokio::spawn(async move { drop(connection.await) }))
}

/// Calls a method with the bytes of messages, and returns the status, if the answer has one.
async fn call(client: &SendRequest<Bytes>, path: &str, body: Vec<u8>) -> Option<String> {
    let request = http::Request::post(format!("http://node{path}"))
        .header("content-type", "application/grpc")
        .body(())
        .expect("a request");
    let mut client = client.clone().ready().await.expect("room for a stream");
    let (answer, mut send) = client.send_request(request, false).expect("a stream");
    // It may be refused by its head.
    let _ = send.send_data(body.into(), true);
    let mut answer = answer.await.ok()?;
    let status = |headers: &http::HeaderMap| {
        headers.get("grpc-status").map(|status| status.to_str().expect("a number").to_owned())
    };
    if let Some(status) = status(answer.headers()) {
        return Some(status);
    }
    while let Some(Ok(_)) = answer.body_mut().data().await {}
    status(&answer.body_mut().trailers().await.ok()??)
}

/// The head of a message, and what there is of it.
fn message(length: u32, body: &[u8]) -> Vec<u8> {
    [&[0], &length.to_be_bytes()[..], body].concat()
}

#[tokio::test(start_paused = true)]
async fn fault_22_strangers_get_nothing_and_are_counted() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let app = node().await;
    let told = |text: &str| {
        let lines = logged.of("WARN").into_iter().filter(|line| line.contains(text)).count();
        let others = "a connection to the address for other nodes is refused";
        (lines, logged.of("WARN").iter().all(|line| line.contains(others)))
    };
    // Go nano's calls, and those of a master that this node is not.
    let (client, task) = stranger(&app).await;
    for path in [
        "/clusterpb.Master/Register",
        "/clusterpb.Member/HandleRequest",
        "/nano.registry.v1.Registry/Attend",
        "/",
    ] {
        assert_eq!(
            call(&client, path, message(2, b"\x0a\x00")).await.as_deref(),
            Some("12"),
            "{path}"
        );
    }
    drop(client);
    in_time("the end", task).await.expect("no panic");
    assert_eq!(told("it does not say which node it is"), (1, true));

    // Messages that are too large for a greeting, or none at all.
    for body in [
        message(4097, b""),
        message(u32::MAX, &[7; 100]),
        message(4, b"\xff\xff\xff\xff"),
        vec![9; 64],
    ] {
        let (client, task) = stranger(&app).await;
        call(&client, LINK, body).await;
        drop(client);
        in_time("the end", task).await.expect("no panic");
    }

    // A node that is no member: it is told so, and the log of a refused node has it.
    let (client, _task) = stranger(&app).await;
    let hello = [&[0x0a, 14, 0x08, 1, 0x10, 1, 0x1a, 4][..], b"nano", &[0x20, 3, 0x2a, 0]].concat();
    call(&client, LINK, message(16, &hello)).await;
    assert!(logged.of("WARN").iter().any(|line| line.contains("a node is refused")));
    assert_eq!(app.server().sessions(), 0);
    app.shutdown().await;
}

/// Whatever it sends, the bytes of a stranger are bounded, and so is its time.
#[tokio::test(start_paused = true)]
async fn fault_22_floods_are_not_read() {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let ping = [&[0, 0, 8, 6, 0, 0, 0, 0, 0][..], &[1; 8]].concat();
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0].to_vec();
    let window = [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1].to_vec();
    // The head of a call of the link, for the streams of below.
    let mut head = vec![0x83, 0x86, 0x04, LINK.len() as u8];
    head.extend(LINK.as_bytes());
    let field = b"\x00\x01a\x01b".repeat(100);
    let frame = |kind: u8, flags: u8, stream: u32, body: &[u8]| {
        let length = u32::try_from(body.len()).expect("it is small").to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), body].concat()
    };
    let message = [&[0, 0, 0, 16, 0][..], &[7; 1000]].concat();
    let (headers, continuation, data, reset) = (1, 9, 0, 3);
    // Each is sent again and again; the number of a stream grows with the turns.
    let floods: [&dyn Fn(u32) -> Vec<u8>; 6] = [
        &|_| ping.clone(),
        &|_| settings.clone(),
        &|_| window.clone(),
        // Streams that are opened and reset.
        &|turn| {
            let stream = 2 * turn + 1;
            [frame(headers, 4, stream, &head), frame(reset, 0, stream, &[0, 0, 0, 8])].concat()
        },
        // A head that does not end.
        &|turn| match turn {
            0 => frame(headers, 0, 1, &head),
            _ => frame(continuation, 0, 1, &field),
        },
        // Messages that do not end, on a stream that is open.
        &|turn| match turn {
            0 => frame(headers, 4, 1, &head),
            _ => frame(data, 0, 1, &message),
        },
    ];
    for flood in floods {
        let logged = Logged::above_debug();
        let _guard = tracing::subscriber::set_default(logged.clone());
        let app = node().await;
        let start = Instant::now();
        let (mut read, mut write) = tokio::io::split(app.node_pipe());
        let hears = async {
            let (mut heard, mut part) = (0, [0; 4096]);
            while let Ok(count @ 1..) = read.read(&mut part).await {
                heard += count;
            }
            heard
        };
        let floods = async {
            let (mut written, mut part) = (0, preface.clone());
            for turn in 0.. {
                if write.write_all(&part).await.is_err() {
                    break;
                }
                written += part.len();
                part = flood(turn);
            }
            written
        };
        let (heard, written) = tokio::join!(hears, floods);
        // The pipe itself holds as much.
        assert!(written <= GREETING + 64 * 1024 + 1024, "{written} bytes were read");
        assert!(heard <= 2 * GREETING, "{heard} bytes were answered");
        let took = start.elapsed();
        assert!(took <= Duration::from_secs(6), "it took {took:?}");
        let is_told = |line: &String| line.contains("address for other nodes is refused");
        assert!(logged.of("WARN").iter().any(is_told), "{:?}", logged.of("WARN"));
        app.shutdown().await;
    }
}
