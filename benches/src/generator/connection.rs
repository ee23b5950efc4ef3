//! One connection of the generator: its opening, and the bytes that its socket did not take or complete.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use mio::{Interest, Poll, Token};

use super::packet::{self, Outgoing};
use crate::transport::Transport;

/// The time that each step of opening may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The first packet. A type that no server knows gets the plain dialect.
pub(super) const HANDSHAKE: &[u8] = br#"{"sys":{"type":"nano-bench","version":"1"},"user":{}}"#;

const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[derive(Debug)]
pub(super) struct Connection {
    stream: mio::net::TcpStream,
    /// The start of a packet whose end has not arrived.
    partial: Vec<u8>,
    /// The bytes that the socket did not take yet.
    unsent: Vec<u8>,
}

impl Connection {
    /// Connects and opens the session; blocks until the server has answered.
    pub(super) fn open(
        address: SocketAddr,
        transport: Transport,
        poll: &Poll,
        index: usize,
    ) -> Result<Self> {
        let mut stream =
            TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        if transport == Transport::Ws {
            upgrade(&mut stream).context("no upgrade to a WebSocket")?;
        }
        let partial = handshake(&mut stream, transport).context("no handshake")?;
        stream.set_nonblocking(true)?;
        let mut stream = mio::net::TcpStream::from_std(stream);
        let interest = Interest::READABLE | Interest::WRITABLE;
        poll.registry().register(&mut stream, Token(index), interest)?;
        Ok(Self { stream, partial, unsent: Vec::new() })
    }

    /// Reads once, behind what was [kept](Self::keep): the bytes, and whether there may be more.
    pub(super) fn read<'a>(&mut self, input: &'a mut [u8]) -> Result<Option<(&'a [u8], bool)>> {
        let kept = self.partial.len();
        input[..kept].copy_from_slice(&self.partial);
        loop {
            match self.stream.read(&mut input[kept..]) {
                Ok(0) => bail!("the server closed it"),
                Ok(read) => {
                    let filled = kept + read;
                    let more = filled == input.len();
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
            return Ok(());
        }
        let mut unsent = std::mem::take(&mut self.unsent);
        unsent.extend_from_slice(bytes);
        let sent = self.send(&unsent)?;
        unsent.drain(..sent);
        self.unsent = unsent;
        Ok(())
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
}

fn upgrade(stream: &mut TcpStream) -> Result<()> {
    stream.write_all(UPGRADE.as_bytes())?;
    let mut answer = Vec::new();
    let mut chunk = [0; 1024];
    // The server says nothing else before the handshake.
    while !answer.ends_with(b"\r\n\r\n") {
        let read = stream.read(&mut chunk)?;
        ensure!(read > 0, "the server closed the connection");
        answer.extend_from_slice(&chunk[..read]);
    }
    let answer = String::from_utf8_lossy(&answer);
    ensure!(answer.starts_with("HTTP/1.1 101 "), "the server answered {answer}");
    Ok(())
}

/// Opens the session, and returns what arrived behind the server's answer.
fn handshake(stream: &mut TcpStream, transport: Transport) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    Outgoing::new(transport, &mut out).packet(packet::HANDSHAKE, HANDSHAKE);
    stream.write_all(&out)?;
    let mut input = Vec::new();
    let mut chunk = [0; 4096];
    let mut accepted = false;
    while !accepted {
        let read = stream.read(&mut chunk)?;
        ensure!(read > 0, "the server closed the connection");
        input.extend_from_slice(&chunk[..read]);
        let used = packet::read(transport, &input, |kind, body| {
            ensure!(kind == packet::HANDSHAKE, "a packet of type {kind} is not expected");
            let reply: serde_json::Value = serde_json::from_slice(body)?;
            ensure!(reply["code"] == 200, "refused: {reply}");
            accepted = true;
            Ok(())
        })?;
        input.drain(..used);
    }
    out.clear();
    Outgoing::new(transport, &mut out).packet(packet::HANDSHAKE_ACK, &[]);
    stream.write_all(&out)?;
    Ok(input)
}
