//! A connection of a client: packets over TCP or TLS, in WebSocket frames or without.

pub(crate) mod frame;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use bytes::{Buf as _, Bytes, BytesMut};
use rustls::pki_types::ServerName;
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

use crate::packet::{self, Packet};
use crate::protocol::Addresses;

pub(crate) type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// The ways to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transport {
    pub(crate) is_tls: bool,
    pub(crate) is_websocket: bool,
}

impl Transport {
    pub(crate) fn name(self) -> &'static str {
        match (self.is_tls, self.is_websocket) {
            (false, false) => "TCP",
            (false, true) => "WebSocket",
            (true, false) => "TCP over TLS",
            (true, true) => "WebSocket over TLS",
        }
    }
}

/// The server, as clients reach it.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) addresses: Addresses,
    pub(crate) tls: Arc<rustls::ClientConfig>,
    /// The server has no stages around messages.
    pub(crate) is_plain: bool,
    /// The time for anything that a server does at once. Only what never comes is a fault, so it is much longer than a
    /// machine needs that is busy with other things.
    pub(crate) patience: Duration,
}

impl Target {
    /// Connects, without an upgrade to a WebSocket. A small `window` makes a client that reads slowly noticed early.
    pub(crate) async fn stream(&self, transport: Transport, window: Option<u32>) -> Result<Stream> {
        let Transport { is_tls, is_websocket } = transport;
        let Addresses { tcp, websocket, tls, tls_websocket } = self.addresses;
        let address = match (is_tls, is_websocket) {
            (false, false) => tcp,
            (false, true) => websocket,
            (true, false) => tls,
            (true, true) => tls_websocket,
        };
        let stream = self.dial(address, window).await?;
        if !is_tls {
            return Ok(Either::Left(stream));
        }
        let name = ServerName::try_from("localhost").expect("a name");
        let connector = TlsConnector::from(self.tls.clone());
        let stream = timeout(self.patience, connector.connect(name, stream)).await;
        Ok(Either::Right(Box::new(stream.context("the handshake of TLS")??)))
    }

    /// Connects to the port for TLS, without TLS.
    pub(crate) async fn plain(&self) -> Result<Stream> {
        Ok(Either::Left(self.dial(self.addresses.tls, None).await?))
    }

    pub(crate) async fn connect(
        &self,
        transport: Transport,
        window: Option<u32>,
    ) -> Result<Connection> {
        let stream = self.stream(transport, window).await?;
        let [inbound, packets] = [(); 2].map(|()| BytesMut::new());
        let (is_websocket, patience) = (transport.is_websocket, self.patience);
        let mut connection =
            Connection { stream, is_websocket, inbound, packets, closed: None, patience };
        if is_websocket {
            timeout(patience, connection.upgrade()).await.context("the upgrade")??;
        }
        Ok(connection)
    }

    async fn dial(&self, address: SocketAddr, window: Option<u32>) -> Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        if let Some(window) = window {
            socket.set_recv_buffer_size(window)?;
        }
        let connect = timeout(self.patience, socket.connect(address));
        let stream = connect.await.context("connecting")??;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// A connection, which reads packets and writes them.
pub(crate) struct Connection {
    stream: Stream,
    is_websocket: bool,
    inbound: BytesMut,
    /// The payloads of frames. Not used over TCP.
    packets: BytesMut,
    /// The payload of the server's close frame, when it has come.
    closed: Option<Bytes>,
    pub(crate) patience: Duration,
}

/// The request for a WebSocket.
pub(crate) const UPGRADE: &str = "GET /nano HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

impl Connection {
    async fn upgrade(&mut self) -> Result<()> {
        self.stream.write_all(UPGRADE.as_bytes()).await?;
        self.stream.flush().await?;
        loop {
            if let Some(end) = self.inbound.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = self.inbound.split_to(end + 4);
                let is_accepted = head.starts_with(b"HTTP/1.1 101");
                ensure!(is_accepted, "the upgrade: {}", String::from_utf8_lossy(&head));
                return Ok(());
            }
            let read = self.stream.read_buf(&mut self.inbound).await?;
            ensure!(read > 0, "the connection ended in the upgrade");
        }
    }

    /// Sends bytes of packets, in a frame if the transport has some.
    pub(crate) async fn send(&mut self, packets: &[u8]) -> Result<()> {
        let write = async {
            if self.is_websocket {
                self.stream.write_all(&frame::masked(frame::BINARY, packets)).await?;
            } else {
                self.stream.write_all(packets).await?;
            }
            self.stream.flush().await
        };
        Ok(timeout(self.patience, write).await.context("the server does not read")??)
    }

    /// Receives the next packet; `None` when the connection has ended.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub(crate) async fn receive(&mut self) -> Result<Option<Packet>> {
        loop {
            if self.is_websocket {
                while let Some((opcode, payload)) = frame::take(&mut self.inbound)? {
                    match opcode {
                        frame::BINARY => self.packets.extend_from_slice(&payload),
                        frame::CLOSE => self.closed = Some(payload),
                        frame::PING | frame::PONG => {}
                        other => bail!("a frame with the opcode {other} from the server"),
                    }
                }
            }
            let packets = if self.is_websocket { &mut self.packets } else { &mut self.inbound };
            if let Some(packet) = packet::take(packets) {
                return Ok(Some(packet));
            }
            if self.closed.is_some() {
                return Ok(None);
            }
            self.inbound.reserve(4096);
            match self.stream.read_buf(&mut self.inbound).await {
                // A reset, or TLS without its farewell, is an end as well. Whether it was due is the caller's to know.
                Ok(0) | Err(_) => return Ok(None),
                Ok(_) => {}
            }
        }
    }

    /// Returns code and reason of the server's close frame; `None` when there was none, as over TCP.
    pub(crate) fn close_reason(&self) -> Option<(u16, String)> {
        let (code, reason) = self.closed.as_ref()?.split_first_chunk()?;
        Some((u16::from_be_bytes(*code), String::from_utf8_lossy(reason).into_owned()))
    }

    /// Ends the connection in an orderly way.
    pub(crate) async fn close(mut self) {
        let farewell = async {
            if self.is_websocket {
                self.stream
                    .write_all(&frame::masked(frame::CLOSE, &1000_u16.to_be_bytes()))
                    .await?;
            }
            self.stream.shutdown().await
        };
        let _ = timeout(self.patience, farewell).await;
        // The server closes its side.
        self.inbound.clear();
        let read = async {
            while self.stream.read_buf(&mut self.inbound).await.is_ok_and(|read| read > 0) {
                self.inbound.advance(self.inbound.len());
            }
        };
        let _ = timeout(self.patience, read).await;
    }

    /// Ends the connection as a broken network does.
    pub(crate) fn reset(self) {
        reset(&self.stream);
    }
}

/// Lets the drop of `stream` reset the connection.
pub(crate) fn reset(stream: &Stream) {
    let socket = match stream {
        Either::Left(stream) => stream,
        Either::Right(stream) => stream.get_ref().0,
    };
    // When it fails, the peer is gone already.
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
}
