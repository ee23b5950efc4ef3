//! One connection of the generator: its opening, and the bytes that its socket did not take or complete.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{ErrorKind, Read as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use mio::net::TcpStream;
use mio::{Interest, Poll, Token};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::conversation::Conversation;
#[cfg(feature = "scenarios")]
use super::packet::Template;
use super::packet::{self, Outgoing};
use super::stream::Stream;
use super::target::Target;
use crate::transport::Transport;

/// The first packet. A type that no server knows gets the plain dialect.
pub(super) const HANDSHAKE: &[u8] = br#"{"sys":{"type":"nano-bench","version":"1"},"user":{}}"#;

/// The state of an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The server has to accept the upgrade to a WebSocket.
    Upgrading,
    /// The server has to answer the handshake.
    Handshaking,
    Open,
}

#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    pub(super) phase: Phase,
    pub(super) started: Instant,
    /// The start of a packet whose end has not arrived.
    partial: Vec<u8>,
    /// The bytes that the socket did not take yet.
    unsent: Vec<u8>,
}

impl Connection {
    /// Begins to connect. What a client says first is sent when the socket is writable, or with the first look at a
    /// conversation over UDP.
    pub(super) fn start(target: &Target, poll: &Poll, index: usize) -> Result<Self> {
        let stream = stream(target, poll, index)
            .with_context(|| format!("cannot connect to {}", target.address_for(index)))?;
        let mut unsent = Vec::new();
        let phase = if target.transport.is_websocket() {
            upgrade(target, &mut unsent);
            Phase::Upgrading
        } else {
            let mut out = Outgoing::new(target.transport, &mut unsent);
            out.packet(packet::HANDSHAKE, &target.handshake);
            Phase::Handshaking
        };
        Ok(Self { stream, phase, started: Instant::now(), partial: Vec::new(), unsent })
    }

    /// Takes the answer to the upgrade off the front, and returns its length once it is whole.
    pub(super) fn upgraded(
        &mut self,
        bytes: &[u8],
        handshake: &[u8],
        out: &mut Outgoing<'_>,
    ) -> Result<usize> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(0) };
        let (answer, _) = bytes.split_at(end + 4);
        ensure!(
            answer.starts_with(b"HTTP/1.1 101 "),
            "no upgrade to a WebSocket: the server answered {}",
            String::from_utf8_lossy(answer)
        );
        out.packet(packet::HANDSHAKE, handshake);
        self.phase = Phase::Handshaking;
        Ok(answer.len())
    }

    /// Reads once, behind what was [kept](Self::keep): the bytes, and whether there may be more.
    pub(super) fn read<'a>(&mut self, input: &'a mut [u8]) -> Result<Option<(&'a [u8], bool)>> {
        let kept = self.partial.len();
        ensure!(kept < input.len(), "a packet has more than {} KiB", input.len() / 1024);
        input[..kept].copy_from_slice(&self.partial);
        loop {
            match self.stream.read(&mut input[kept..]) {
                Ok(0) => bail!("the server closed it"),
                Ok(read) => {
                    let filled = kept + read;
                    let more = filled == input.len() || self.stream.reads_in_parts();
                    return Ok(Some((&input[..filled], more)));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).context("cannot read"),
            }
        }
    }

    /// Keeps the start of a packet for the next read.
    pub(super) fn keep(&mut self, rest: &[u8]) {
        self.partial.clear();
        self.partial.extend_from_slice(rest);
    }

    /// Writes what was not sent yet and then `bytes`, as far as the socket takes them.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.unsent.is_empty() {
            let sent = self.send(bytes)?;
            self.unsent.extend_from_slice(&bytes[sent..]);
        } else {
            let mut unsent = std::mem::take(&mut self.unsent);
            unsent.extend_from_slice(bytes);
            let sent = self.send(&unsent)?;
            unsent.drain(..sent);
            // The bytes of the opening are the only ones of most connections.
            self.unsent = if unsent.is_empty() { Vec::new() } else { unsent };
        }
        match self.stream.flush() {
            Err(error) if error.kind() != ErrorKind::WouldBlock => {
                Err(error).context("cannot write")
            }
            _ => Ok(()),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut sent = 0;
        while sent < bytes.len() {
            match self.stream.write(&bytes[sent..]) {
                Ok(written) => sent += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).context("cannot write"),
            }
        }
        Ok(sent)
    }

    /// Does what is due by the time alone, and sends what there was no room for.
    pub(super) fn tick(&mut self) -> Result<()> {
        self.stream.tick()?;
        match self.unsent.is_empty() {
            true => Ok(()),
            false => self.write(&[]),
        }
    }

    /// Reads no more from now on, and stays connected.
    pub(super) fn ignore(&mut self, poll: &Poll) -> Result<()> {
        Ok(self.stream.ignore(poll.registry())?)
    }

    /// Ends the connection as a lost network does.
    pub(super) fn reset(mut self) -> Result<()> {
        // One that is not open says no goodbye.
        self.phase = Phase::Handshaking;
        Ok(self.stream.resets()?)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.phase == Phase::Open && self.stream.has_no_end() {
            let mut goodbye = Vec::new();
            Outgoing::new(Transport::Kcp, &mut goodbye).packet(packet::KICK, &[]);
            // If it is lost, the server waits for a while.
            let _ = self.write(&goodbye);
        }
    }
}

/// Opens the stream of a connection.
fn stream(target: &Target, poll: &Poll, index: usize) -> Result<Stream> {
    let (address, registry, token) = (target.address_for(index), poll.registry(), Token(index));
    if target.transport == Transport::Kcp {
        let number = RandomState::new().hash_one(index) as u32;
        let conversation = Conversation::start(address, number, registry, token)?;
        return Ok(Stream::Kcp(Box::new(conversation)));
    }
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
    if !target.transport.is_encrypted() {
        return Ok(Stream::Plain(socket));
    }
    let config = target.tls.clone().context("TLS needs the certificates that clients trust")?;
    let name = ServerName::try_from(target.host.clone())
        .with_context(|| format!("`{}` is no name of a server", target.host))?;
    let session = ClientConnection::new(config, name)?;
    Ok(Stream::Tls(Box::new(StreamOwned::new(session, socket))))
}

/// All that a client says over TCP that makes one request, to a route without a payload.
#[cfg(feature = "scenarios")]
pub(crate) fn opening(route: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut out = Outgoing::new(Transport::Tcp, &mut bytes);
    out.packet(packet::HANDSHAKE, HANDSHAKE);
    out.packet(packet::HANDSHAKE_ACK, &[]);
    out.request(1, &Template::new(route, &[]));
    bytes
}

fn upgrade(target: &Target, out: &mut Vec<u8>) {
    let (host, path) = (&target.host, &target.path);
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    out.extend_from_slice(request.as_bytes());
}

/// Reads and checks the server's answer to the handshake.
pub(super) fn accepted(body: &[u8]) -> Result<serde_json::Value> {
    let reply: serde_json::Value =
        serde_json::from_slice(body).context("the answer to the handshake is no JSON")?;
    ensure!(reply["code"] == 200, "the handshake is refused: {reply}");
    Ok(reply)
}
