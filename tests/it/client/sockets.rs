//! The client over TCP and WebSocket.

use nano::client::{Client, CloseReason};
use nano::testing::TestApp;
use nano::{ErrorKind, Tcp, WebSocket};

use super::server::{Text, app};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_carry_what_pipes_do() {
    let app = app()
        .listen(Tcp::bind("127.0.0.1:0"))
        .listen(WebSocket::bind("127.0.0.1:0").path("/nano"))
        .packet_limit(1024 * 1024)
        .outbound_limit(4 * 1024 * 1024);
    let app = TestApp::start(app).await;
    let [tcp, websocket] = app.server().addresses() else { panic!("the app has two listeners") };
    for (url, longest) in
        [(format!("tcp://{tcp}"), 1_000_000), (format!("ws://{websocket}/nano"), 1_000_000)]
    {
        let builder = Client::builder().packet_limit(1024 * 1024);
        let client = builder.connect(&url).await.expect("the app listens");
        for len in [0, 1, longest / 10, longest] {
            let text = Text { text: "x".repeat(len) };
            let echo: Text = client.request("room.join", &text).await.expect("a reply");
            assert_eq!(echo, text, "{url}");
        }
        let requests = (0..100).map(|n| {
            let client = client.clone();
            tokio::spawn(async move {
                let text = Text { text: n.to_string() };
                let echo: Text = client.request("room.join", &text).await.expect("a reply");
                assert_eq!(echo, text);
            })
        });
        for request in requests.collect::<Vec<_>>() {
            request.await.expect("its own reply");
        }
        client.close().await;
        assert_eq!(client.closed().await, CloseReason::Closed);
    }
    let wrong_path = Client::connect(&format!("ws://{websocket}/elsewhere")).await;
    assert_eq!(wrong_path.expect_err("nothing is there").kind(), ErrorKind::Io);
    app.shutdown().await;
}
