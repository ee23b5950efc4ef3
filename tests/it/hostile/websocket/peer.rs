//! A WebSocket client that writes its frames by hand.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::scene::in_time;

pub(super) const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;
/// Set in the last frame of a message.
pub(super) const FIN: u8 = 0x80;

pub(super) struct Peer {
    io: TcpStream,
}

impl Peer {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        Self { io: TcpStream::connect(address).await.expect("the port is open") }
    }

    pub(super) async fn upgraded(address: SocketAddr, path: &str) -> Self {
        let mut peer = Self::connect(address).await;
        peer.send(request(path)).await;
        let head = peer.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        peer
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).await.expect("the server reads");
    }

    pub(super) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.io.write_all(bytes.as_ref()).await
    }

    /// Returns the head of the response.
    pub(super) async fn head(&mut self) -> String {
        in_time("the head of a response", async {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(self.io.read_u8().await.expect("a whole head"));
            }
            String::from_utf8(head).expect("a head in ascii")
        })
        .await
    }

    /// Returns all that comes until the server closes.
    pub(super) async fn rest(&mut self) -> String {
        in_time("the end of the connection", async {
            let mut rest = String::new();
            self.io.read_to_string(&mut rest).await.expect("an orderly end");
            rest
        })
        .await
    }

    /// Returns the next frame of the server, opcode and payload; `None` at the end of the connection.
    pub(super) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        in_time("a frame", async {
            let first = self.io.read_u8().await.ok()?;
            let second = self.io.read_u8().await.ok()?;
            assert_eq!(first & 0xf0, FIN, "the server sends whole messages");
            assert!(second < 0x80, "the server masks nothing");
            let len = match second {
                126 => u64::from(self.io.read_u16().await.ok()?),
                127 => self.io.read_u64().await.ok()?,
                len => u64::from(len),
            };
            let mut payload = vec![0; usize::try_from(len).expect("a short frame")];
            self.io.read_exact(&mut payload).await.ok()?;
            Some((first & 0x0f, payload))
        })
        .await
    }

    /// Returns the type and the body of the next packet, which has a frame of its own.
    pub(super) async fn packet(&mut self) -> (u8, Vec<u8>) {
        let (opcode, mut payload) = self.frame().await.expect("a packet");
        assert_eq!(opcode, BINARY, "{payload:?}");
        let body = payload.split_off(4);
        assert_eq!(payload, super::packet(payload[0], &body)[..4], "one whole packet in a frame");
        (payload[0], body)
    }

    /// Returns the reason of the server's kick.
    pub(super) async fn kick_reason(&mut self) -> String {
        let (kind, body) = self.packet().await;
        assert_eq!(kind, 5, "{body:?}");
        let kick: serde_json::Value = serde_json::from_slice(&body).expect("a reason in json");
        kick["reason"].as_str().expect("a reason").to_owned()
    }

    /// Returns code and reason of the server's close, which comes next, and answers it. Then the server ends the
    /// connection.
    pub(super) async fn close(&mut self) -> (u16, String) {
        let (opcode, payload) = self.frame().await.expect("a close");
        assert_eq!(opcode, CLOSE, "{payload:?}");
        // The server may have ended already.
        let _ = self.try_send(frame(FIN | CLOSE, &payload)).await;
        assert_eq!(self.frame().await, None, "nothing follows a close");
        let (code, reason) = payload.split_first_chunk().expect("a code");
        (u16::from_be_bytes(*code), String::from_utf8(reason.to_vec()).expect("UTF-8"))
    }

    /// Does the handshake, announcing nothing.
    pub(super) async fn open(&mut self) {
        self.open_as("").await;
    }

    /// Does the handshake with an announcement in JSON.
    pub(super) async fn open_as(&mut self, announcement: &str) {
        self.send(frame(FIN | BINARY, super::packet(1, announcement))).await;
        assert_eq!(self.packet().await.0, 1);
        self.send(frame(FIN | BINARY, super::packet(2, ""))).await;
    }
}

/// The request for an upgrade.
pub(super) fn request(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// A masked frame, as clients send them.
pub(super) fn frame(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let payload = payload.as_ref();
    let mut frame = header(first, payload.len());
    frame[1] |= 0x80;
    frame.extend_from_slice(&MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// The header of a frame that is not masked.
pub(super) fn header(first: u8, len: usize) -> Vec<u8> {
    match len {
        0..126 => vec![first, u8::try_from(len).expect("a short frame")],
        126..0x1_0000 => {
            let len = u16::try_from(len).expect("a short frame").to_be_bytes();
            [&[first, 126], &len[..]].concat()
        }
        _ => [&[first, 127], &(len as u64).to_be_bytes()[..]].concat(),
    }
}
