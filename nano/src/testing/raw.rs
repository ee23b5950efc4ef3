//! The raw client, which sends exactly what a test gives it.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::codec::packet::{self, MAX_BODY_LEN};
use crate::codec::{MessageHead, MessageKind, Packet, PacketDecoder, PacketKind, Route, zlib};

use super::Received;

/// The time that any wait may take, in tokio's time: when that is paused, the limit costs no real time.
const DEADLINE: Duration = Duration::from_secs(10);

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A client that sends exactly what the test gives it, and nothing else.
///
/// It sends no heartbeat and no ack of its own, and answers nothing. All methods panic, and thereby fail the
/// test, when the server does something else than what they wait for, or nothing within ten seconds.
///
/// # Examples
///
/// ```
/// use nano::App;
/// use nano::codec::PacketKind;
/// use nano::testing::TestApp;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = TestApp::start(App::new()).await;
/// let mut client = app.raw();
/// client.send_packet(PacketKind::HandshakeAck, "").await;
/// assert!(client.kick_reason().await.contains("handshake"));
/// client.expect_closed().await;
/// # }
/// ```
pub struct RawClient {
    io: Box<dyn Io>,
    input: BytesMut,
    routes: HashMap<u16, String>,
}

impl fmt::Debug for RawClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawClient").field("unread", &self.input).finish_non_exhaustive()
    }
}

impl RawClient {
    /// Creates a client over a byte stream, and sends nothing yet.
    pub fn new(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { io: Box::new(io), input: BytesMut::new(), routes: HashMap::new() }
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        if let Err(error) = self.try_send(bytes).await {
            panic!("expected a server that reads, but writing to it failed: {error}");
        }
    }

    /// Sends bytes as they are, to a server that may have closed the connection.
    ///
    /// # Errors
    ///
    /// Fails when the server has closed the connection.
    pub async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        let written = async {
            self.io.write_all(bytes.as_ref()).await?;
            self.io.flush().await
        };
        in_time("the server to read", written).await
    }

    /// Sends a packet with any body.
    pub async fn send_packet(&mut self, kind: PacketKind, body: impl AsRef<[u8]>) {
        let mut out = BytesMut::new();
        if let Err(error) = packet::encode(kind, body.as_ref(), MAX_BODY_LEN, &mut out) {
            panic!("expected a packet that can be sent, but {error}");
        }
        self.send(out).await;
    }

    /// Sends a message with any head.
    pub async fn send_message(&mut self, head: MessageHead<'_>, body: impl AsRef<[u8]>) {
        let mut out = BytesMut::new();
        if let Err(error) = head.encode(&mut out) {
            panic!("expected a message that can be sent, but {error}");
        }
        out.extend_from_slice(body.as_ref());
        self.send_packet(PacketKind::Data, out).await;
    }

    /// Sends a request to a route by its name.
    pub async fn request(&mut self, id: u64, route: &str, body: impl AsRef<[u8]>) {
        self.send_message(head(MessageKind::Request, id, route), body).await;
    }

    /// Sends a notify to a route by its name.
    pub async fn notify(&mut self, route: &str, body: impl AsRef<[u8]>) {
        self.send_message(head(MessageKind::Notify, 0, route), body).await;
    }

    /// Sends a handshake and waits for the reply, accepting or not.
    ///
    /// The dictionary in it names the routes of the messages that follow.
    pub async fn handshake(&mut self, request: Value) -> Value {
        self.send_packet(PacketKind::Handshake, request.to_string()).await;
        let mut body = self.expect(PacketKind::Handshake).await;
        // No JSON text starts with the first byte of a zlib stream, which pitaya's clients may be sent.
        if body.first() == Some(&0x78) {
            body = zlib::inflate(&body, MAX_BODY_LEN)
                .unwrap_or_else(|error| panic!("expected a reply that inflates, but {error}"));
        }
        let reply: Value = serde_json::from_slice(&body)
            .unwrap_or_else(|error| panic!("expected a reply in json, but {error}: {body:?}"));
        if let Some(codes) = reply.pointer("/sys/dict").and_then(Value::as_object) {
            let code = |code: &Value| code.as_u64().and_then(|code| u16::try_from(code).ok());
            let routes = codes.iter().map(|(route, value)| match code(value) {
                Some(code) => (code, route.clone()),
                None => panic!("expected a code for {route} in the dictionary, got {value}"),
            });
            self.routes = routes.collect();
        }
        reply
    }

    /// Sends the ack that ends the handshake.
    pub async fn ack(&mut self) {
        self.send_packet(PacketKind::HandshakeAck, "").await;
    }

    /// Does the whole handshake with an announcement.
    ///
    /// # Examples
    ///
    /// A client that lists its features, be it none, is told the reason of every end:
    ///
    /// ```
    /// use nano::App;
    /// use nano::testing::TestApp;
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let app = TestApp::start(App::new()).await;
    /// let mut client = app.raw();
    /// client.open_as(json!({ "sys": { "features": [] } })).await;
    /// app.shutdown().await;
    /// assert_eq!(client.kick_reason().await, "shutdown");
    /// # }
    /// ```
    pub async fn open_as(&mut self, request: Value) -> Value {
        let reply = self.handshake(request).await;
        self.ack().await;
        reply
    }

    /// Does the whole handshake, announcing nothing.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(app: nano::testing::TestApp) {
    /// let mut client = app.raw();
    /// client.open().await;
    /// client.notify("room.message", "\"hello\"").await;
    /// # }
    /// ```
    pub async fn open(&mut self) -> Value {
        self.open_as(serde_json::json!({})).await
    }

    /// Waits for the next packet, whatever it is; `None` when the server has closed the connection.
    pub async fn packet(&mut self) -> Option<Packet> {
        self.wait_packet("a packet").await
    }

    /// Waits for the next message. Heartbeats are skipped.
    pub async fn message(&mut self) -> Received {
        let body = self.expect(PacketKind::Data).await;
        Received::decode(&body, &self.routes)
    }

    /// Waits until the server kicks, and returns its reason. Heartbeats and messages are skipped.
    pub async fn kick_reason(&mut self) -> String {
        let awaited = "a kick";
        loop {
            match self.wait_packet(awaited).await {
                Some(Packet { kind: PacketKind::Heartbeat | PacketKind::Data, .. }) => {}
                Some(Packet { kind: PacketKind::Kick, body }) => return reason(&body),
                other => fail(awaited, other.as_ref()),
            }
        }
    }

    /// Waits until the server has closed the connection, and accepts nothing before that but heartbeats.
    pub async fn expect_closed(&mut self) {
        let awaited = "the end of the connection";
        loop {
            match self.wait_packet(awaited).await {
                None => return,
                Some(Packet { kind: PacketKind::Heartbeat, .. }) => {}
                other => fail(awaited, other.as_ref()),
            }
        }
    }

    async fn expect(&mut self, kind: PacketKind) -> Bytes {
        let awaited = format!("a {kind:?} packet");
        loop {
            match self.wait_packet(&awaited).await {
                Some(packet) if packet.kind == kind => return packet.body,
                Some(Packet { kind: PacketKind::Heartbeat, .. }) => {}
                other => fail(&awaited, other.as_ref()),
            }
        }
    }

    async fn wait_packet(&mut self, awaited: &str) -> Option<Packet> {
        in_time(awaited, self.read_packet(awaited)).await
    }

    async fn read_packet(&mut self, awaited: &str) -> Option<Packet> {
        loop {
            match PacketDecoder::new(MAX_BODY_LEN).decode(&mut self.input) {
                Ok(None) => {}
                Ok(packet) => return packet,
                Err(error) => panic!("expected {awaited}, but {error}: {:?}", self.input),
            }
            let read = self.io.read_buf(&mut self.input).await;
            match read.map_err(|error| error.kind()) {
                // A server that closes with something unread resets the connection.
                Ok(0) | Err(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
                    assert!(
                        self.input.is_empty(),
                        "expected {awaited}, the server closed the connection within a packet: {:?}",
                        self.input
                    );
                    return None;
                }
                Ok(_) => {}
                Err(error) => panic!("expected {awaited}, but reading failed: {error}"),
            }
        }
    }
}

fn head(kind: MessageKind, id: u64, route: &str) -> MessageHead<'_> {
    MessageHead { kind, id, route: Route::Name(route), compressed: false, error: false }
}

fn reason(body: &Bytes) -> String {
    let kick: Option<Value> = serde_json::from_slice(body).ok();
    match kick.as_ref().and_then(|kick| kick.get("reason")).and_then(Value::as_str) {
        Some(reason) => reason.to_owned(),
        None => panic!("expected a kick with a reason in json, got {body:?}"),
    }
}

async fn in_time<T>(awaited: &str, work: impl Future<Output = T>) -> T {
    match timeout(DEADLINE, work).await {
        Ok(value) => value,
        Err(_) => panic!("expected {awaited}, nothing came within {DEADLINE:?}"),
    }
}

fn fail(awaited: &str, packet: Option<&Packet>) -> ! {
    match packet {
        Some(Packet { kind, body }) => {
            panic!("expected {awaited}, got a {kind:?} packet: {body:?}")
        }
        None => panic!("expected {awaited}, the server closed the connection"),
    }
}

#[cfg(test)]
mod tests;
