//! A server in memory, which is sent what a fuzzer makes up.
//!
//! A panic of the framework or of a decoder ends the process, although the server catches it: libFuzzer's panic hook
//! aborts before anything unwinds.

pub mod codec;
pub mod node;
pub mod payloads;
mod port;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use nano::codec::{Message, MessageHead, MessageKind, PacketDecoder, PacketKind, Route, packet};
use nano::serializer::Serializer;
use nano::{App, ProxyProtocol, Resume, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};

use payloads::Payloads;
use port::Port;

/// The limit on packets, in bytes. It is low, so that a fuzzer reaches it.
pub const LIMIT: usize = 4096;

/// The time for which a lost session waits. It passes at once.
const WINDOW: Duration = Duration::from_secs(1);

/// The handshake of a client of this project.
pub const HELLO: &[u8] = br#"{"sys":{"type":"fuzz","version":"1.0.0","features":["errors"]}}"#;

/// A server, and the time that passes for it.
pub struct World {
    runtime: Runtime,
    server: Server,
    port: Port,
}

impl World {
    /// Starts a server that takes payloads in one format, plain and behind a proxy.
    pub fn new(serializer: impl Serializer) -> Self {
        // In paused time a deadline passes at once when there is nothing left to do.
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime needs no more than memory");
        let (port, listener) = port::port();
        let app = App::new()
            .serializer(serializer)
            .component(Payloads)
            .packet_limit(LIMIT)
            .resume(Resume::new().window(WINDOW).messages(8).bytes(LIMIT))
            .listen(ProxyProtocol::over(listener));
        let server = runtime.block_on(app.start()).expect("the app is a valid one");
        Self { runtime, server, port }
    }

    /// Sends bytes and nothing more, and returns the packets of the server, which has to end the connection and the
    /// session.
    pub fn exchange(&self, bytes: &[u8]) -> Vec<nano::codec::Packet> {
        let packets = self.exchange_and_go(bytes);
        self.runtime.block_on(self.wait_for_sessions());
        packets
    }

    /// The same, but the session may wait for its client.
    pub fn exchange_and_go(&self, bytes: &[u8]) -> Vec<nano::codec::Packet> {
        let (near, far) = tokio::io::duplex(64 * 1024);
        self.runtime.block_on(async {
            self.server.serve(far);
            read_to_end(near, bytes).await
        })
    }

    /// The same, through the entrance that expects the header of a proxy.
    pub fn exchange_behind_proxy(&self, bytes: &[u8]) -> Vec<nano::codec::Packet> {
        self.runtime.block_on(async {
            let near = self.port.connect(SocketAddr::from(([192, 0, 2, 1], 1)));
            let packets = read_to_end(near, bytes).await;
            self.wait_for_sessions().await;
            packets
        })
    }

    async fn wait_for_sessions(&self) {
        while self.server.sessions() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Opens a session, sends each body in a request to each of the server's routes, and asserts that every request has
    /// exactly one answer, in order.
    pub fn ask(&self, body: &[u8]) {
        let mut bytes = opening();
        let mut ids = Vec::new();
        let routes: Vec<_> = self.server.routes().map(|route| route.name()).collect();
        for (id, route) in (1..).zip(&routes) {
            let head = MessageHead {
                kind: MessageKind::Request,
                id,
                route: Route::Name(route),
                compressed: false,
                error: false,
            };
            let mut message = BytesMut::new();
            head.encode(&mut message).expect("a valid head");
            message.extend_from_slice(body);
            if packet::encode(PacketKind::Data, &message, LIMIT, &mut bytes).is_ok() {
                ids.push(id);
            }
        }
        let answers: Vec<_> = messages(&self.exchange(&bytes)).map(|message| message.id).collect();
        assert_eq!(answers, ids, "one answer to each request, in order");
    }
}

async fn read_to_end(io: tokio::io::DuplexStream, bytes: &[u8]) -> Vec<nano::codec::Packet> {
    let (mut read, mut write) = tokio::io::split(io);
    let mut received = BytesMut::new();
    let sent = async {
        // The server may close before it has read everything.
        let _ = write.write_all(bytes).await;
        let _ = write.shutdown().await;
    };
    let heard = async { while let Ok(1..) = read.read_buf(&mut received).await {} };
    tokio::join!(sent, heard);
    let decoder = PacketDecoder::new(usize::MAX);
    let mut packets = Vec::new();
    while let Some(packet) = decoder.decode(&mut received).expect("the server's own packets") {
        packets.push(packet);
    }
    assert!(received.is_empty(), "the server ends after a whole packet");
    packets
}

/// The bytes that open a session.
pub fn opening() -> BytesMut {
    let mut bytes = BytesMut::new();
    packet::encode(PacketKind::Handshake, HELLO, LIMIT, &mut bytes).expect("a short packet");
    packet::encode(PacketKind::HandshakeAck, b"", LIMIT, &mut bytes).expect("an empty packet");
    bytes
}

/// The messages in the packets of a server.
pub fn messages(packets: &[nano::codec::Packet]) -> impl Iterator<Item = Answer> + '_ {
    packets.iter().filter(|packet| packet.kind == PacketKind::Data).map(|packet| {
        let message = Message::decode(&packet.body).expect("the server's own message");
        Answer { id: message.id, kind: message.kind, body: message.body }
    })
}

/// A message of the server.
#[derive(Debug)]
pub struct Answer {
    pub id: u64,
    pub kind: MessageKind,
    pub body: Bytes,
}
