//! A server that sends exactly what the test gives it.

use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};

use crate::client::{Client, ClientBuilder};
use crate::codec::packet::{self, MAX_BODY_LEN};
use crate::codec::{Message, MessageHead, MessageKind, Packet, PacketDecoder, PacketKind, Route};
use crate::serializer::Serializer;

/// The server's end of a byte stream.
pub(super) struct Fake<I = DuplexStream> {
    pub(super) io: I,
    input: BytesMut,
}

/// A message that a client sent, with the route as it was on the wire.
#[derive(Debug, PartialEq)]
pub(super) struct Received {
    pub(super) id: u64,
    pub(super) route: String,
    pub(super) body: Bytes,
}

impl<I: AsyncRead + AsyncWrite + Unpin> Fake<I> {
    pub(super) fn new(io: I) -> Self {
        Self { io, input: BytesMut::new() }
    }

    pub(super) async fn packet(&mut self) -> Option<Packet> {
        loop {
            let packet = PacketDecoder::new(MAX_BODY_LEN).decode(&mut self.input);
            if let Some(packet) = packet.expect("the client sends valid packets") {
                return Some(packet);
            }
            if self.io.read_buf(&mut self.input).await.expect("the client can be read from") == 0 {
                return None;
            }
        }
    }

    /// Returns the body of the next packet, which must be of this kind.
    pub(super) async fn expect(&mut self, kind: PacketKind) -> Bytes {
        let packet = self.packet().await.expect("the client is still there");
        assert_eq!(packet.kind, kind);
        packet.body
    }

    /// Returns the next message; fails the test if another packet comes before it.
    pub(super) async fn message(&mut self) -> Received {
        let body = self.expect(PacketKind::Data).await;
        let message = Message::decode(&body).expect("the client sends valid messages");
        let route = match message.route {
            Route::Name(name) => name.to_owned(),
            Route::Code(code) => format!("#{code}"),
            Route::None => panic!("a message without a route"),
        };
        assert_eq!(message.kind == MessageKind::Request, message.id != 0);
        Received { id: message.id, route, body: message.body.clone() }
    }

    pub(super) async fn send(&mut self, kind: PacketKind, body: impl AsRef<[u8]>) {
        let mut out = BytesMut::new();
        packet::encode(kind, body.as_ref(), MAX_BODY_LEN, &mut out).expect("the body fits");
        self.io.write_all(&out).await.expect("the client can be written to");
    }

    pub(super) async fn say(&mut self, head: MessageHead<'_>, body: impl AsRef<[u8]>) {
        let mut out = BytesMut::new();
        head.encode(&mut out).expect("the head is valid");
        out.extend_from_slice(body.as_ref());
        self.send(PacketKind::Data, out).await;
    }

    pub(super) async fn reply(&mut self, id: u64, body: impl AsRef<[u8]>) {
        self.say(response(id), body).await;
    }

    pub(super) async fn push(&mut self, route: &str, body: impl AsRef<[u8]>) {
        self.say(push(Route::Name(route)), body).await;
    }

    /// Takes the handshake, answers it, and takes the ack; returns the client's handshake.
    pub(super) async fn accept(&mut self, reply: Value) -> Value {
        let request = self.expect(PacketKind::Handshake).await;
        self.send(PacketKind::Handshake, reply.to_string()).await;
        assert!(self.expect(PacketKind::HandshakeAck).await.is_empty());
        serde_json::from_slice(&request).expect("the handshake is json")
    }
}

pub(super) fn response(id: u64) -> MessageHead<'static> {
    let (kind, route) = (MessageKind::Response, Route::None);
    MessageHead { kind, id, route, compressed: false, error: false }
}

pub(super) fn push(route: Route<'_>) -> MessageHead<'_> {
    MessageHead { kind: MessageKind::Push, id: 0, route, compressed: false, error: false }
}

/// The handshake of a server without heartbeats and with one route in its dictionary.
pub(super) fn welcome() -> Value {
    json!({ "code": 200, "sys": { "dict": { "room.join": 1, "onNews": 2 } } })
}

/// Connects a client; returns its server and its handshake as well.
pub(super) async fn open<S: Serializer>(
    builder: ClientBuilder<S>,
    reply: Value,
) -> (Client<S>, Fake, Value) {
    let (near, far) = duplex(64 * 1024);
    let mut server = Fake::new(far);
    let (client, request) = tokio::join!(builder.over(near), server.accept(reply));
    (client.expect("the server accepts"), server, request)
}

/// A client with the usual settings.
pub(super) async fn connect() -> (Client, Fake) {
    let (client, server, _) = open(Client::builder(), welcome()).await;
    (client, server)
}
