//! Tests of the client over TCP and WebSocket.

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::fake::{Fake, welcome};
use crate::client::{Client, CloseReason};
use crate::codec::packet::{self, MAX_BODY_LEN};
use crate::codec::{PacketDecoder, PacketKind};
use crate::{Error, ErrorKind};

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("the port is known").port();
    (listener, port)
}

fn frame(packets: &[(PacketKind, &[u8])]) -> Bytes {
    let mut out = BytesMut::new();
    for (kind, body) in packets {
        packet::encode(*kind, body, MAX_BODY_LEN, &mut out).expect("the body fits");
    }
    out.freeze()
}

#[tokio::test]
async fn a_server_is_reached_over_tcp() {
    let (listener, port) = listen().await;
    let url = format!("tcp://127.0.0.1:{port}");
    let (client, mut server) = tokio::join!(Client::connect(&url), async {
        let (io, _) = listener.accept().await.expect("the client connects");
        let mut server = Fake::new(io);
        server.accept(welcome()).await;
        server
    });
    let client = client.expect("the server accepts");
    let (reply, ()) = tokio::join!(client.request::<_, i64>("a.b", &()), async {
        let id = server.message().await.id;
        server.reply(id, "1").await;
    });
    assert_eq!(reply.expect("the server replied"), 1);
    tokio::join!(client.close(), async {
        assert_eq!(server.packet().await, None);
        drop(server);
    });
}

#[tokio::test]
async fn a_server_is_reached_over_a_websocket() {
    let (listener, port) = listen().await;
    let url = format!("ws://127.0.0.1:{port}/nano");
    let server = async {
        let (io, _) = listener.accept().await.expect("the client connects");
        let mut socket = accept_async(io).await.expect("it is a websocket");
        let mut frames = Vec::new();
        let reply = welcome().to_string();
        // The handshake in two frames, the second of which has a push too.
        let bytes = frame(&[
            (PacketKind::Handshake, reply.as_bytes()),
            (PacketKind::Data, b"\x06\x06onTextbinary"),
        ]);
        frames.push(Message::Binary(bytes.slice(..9)));
        frames.push(Message::Binary(bytes.slice(9..)));
        frames.push(Message::Ping(Bytes::from_static(b"are you there")));
        frames.push(Message::Binary(Bytes::new()));
        let text = frame(&[(PacketKind::Data, b"\x06\x06onTexttext")]);
        let text = String::from_utf8(text.to_vec()).expect("these bytes are ascii");
        frames.push(Message::Text(text.into()));
        for frame in frames {
            socket.send(frame).await.expect("the client reads");
        }
        socket
    };
    let (log, mut texts) = mpsc::unbounded_channel();
    let builder = Client::builder().on_bytes("onText", move |body| {
        log.send(body).expect("the test listens");
    });
    let (client, mut socket) = tokio::join!(builder.connect(&url), server);
    let client = client.expect("the server accepts");
    assert_eq!(texts.recv().await.as_deref(), Some(&b"binary"[..]));
    assert_eq!(texts.recv().await.as_deref(), Some(&b"text"[..]));

    let big = Bytes::from(vec![b'x'; 60_000]);
    client.notify_bytes("a.b", big.clone()).await.expect("the queue has room");
    client.notify_bytes("a.b", Bytes::new()).await.expect("the queue has room");
    let mut received = Vec::new();
    let mut pong = false;
    while received.len() < 4 {
        match socket.next().await.expect("the client is there").expect("its frames are valid") {
            Message::Binary(bytes) => {
                let mut bytes = BytesMut::from(&bytes[..]);
                let packet = PacketDecoder::new(MAX_BODY_LEN).decode(&mut bytes);
                received.push(packet.expect("it is valid").expect("a frame has a whole packet"));
                assert!(bytes.is_empty(), "a frame has one packet");
            }
            Message::Pong(_) => pong = true,
            other => panic!("the client sends no {other:?}"),
        }
    }
    let kinds: Vec<_> = received.iter().map(|packet| packet.kind).collect();
    use PacketKind::{Data, Handshake, HandshakeAck};
    assert_eq!(kinds, [Handshake, HandshakeAck, Data, Data]);
    assert!(received[2].body.ends_with(&big));
    assert!(pong, "pings are answered");

    tokio::join!(client.close(), async {
        let goodbye = socket.next().await;
        let Some(Ok(Message::Close(Some(frame)))) = goodbye else { panic!("got {goodbye:?}") };
        assert_eq!(frame.code, CloseCode::Normal);
        // Sends the answer to it.
        assert!(socket.next().await.is_none());
        drop(socket);
    });
    assert_eq!(client.closed().await, CloseReason::Closed);
}

#[tokio::test]
async fn a_websocket_that_is_closed_is_lost() {
    let (listener, port) = listen().await;
    let url = format!("ws://127.0.0.1:{port}");
    let (client, mut socket) = tokio::join!(Client::connect(&url), async {
        let (io, _) = listener.accept().await.expect("the client connects");
        let mut socket = accept_async(io).await.expect("it is a websocket");
        let reply = frame(&[(PacketKind::Handshake, welcome().to_string().as_bytes())]);
        socket.send(Message::Binary(reply)).await.expect("the client reads");
        socket
    });
    let client = client.expect("the server accepts");
    socket.close(None).await.expect("the client reads");
    assert_eq!(client.closed().await, CloseReason::Lost);
}

#[tokio::test]
async fn servers_that_cannot_be_reached_are_told_apart() {
    let (listener, port) = listen().await;
    drop(listener);
    let kind = |opened: Result<Client, Error>| opened.expect_err("nobody is there").kind();
    assert_eq!(kind(Client::connect(&format!("tcp://127.0.0.1:{port}")).await), ErrorKind::Io);
    assert_eq!(kind(Client::connect("nonsense").await), ErrorKind::Config);

    let (listener, port) = listen().await;
    let url = format!("ws://127.0.0.1:{port}");
    let (opened, ()) = tokio::join!(Client::connect(&url), async {
        let (mut io, _) = listener.accept().await.expect("the client connects");
        let response = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut io, response).await.expect("the client reads");
    });
    assert_eq!(kind(opened), ErrorKind::Io);
}
