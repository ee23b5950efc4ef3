//! The byte stream of one connection: a socket that does not block, TLS on it, or KCP.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::time::Duration;

use mio::Registry;
use mio::net::TcpStream;
use rustls::{ClientConnection, StreamOwned};
use socket2::SockRef;

use super::conversation::Conversation;

#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
    Kcp(Box<Conversation>),
}

impl Stream {
    fn socket(&mut self) -> Option<&mut TcpStream> {
        match self {
            Self::Plain(socket) => Some(socket),
            Self::Tls(stream) => Some(&mut stream.sock),
            Self::Kcp(_) => None,
        }
    }

    /// Returns `true` if a read that does not fill its buffer says nothing about what is left.
    pub(super) fn reads_in_parts(&self) -> bool {
        matches!(self, Self::Tls(_) | Self::Kcp(_))
    }

    /// Returns `true` if the server is not told that the stream ends.
    pub(super) fn has_no_end(&self) -> bool {
        matches!(self, Self::Kcp(_))
    }

    /// Does what is due by the time alone.
    pub(super) fn tick(&mut self) -> Result<()> {
        match self {
            Self::Plain(_) | Self::Tls(_) => Ok(()),
            Self::Kcp(conversation) => conversation.tick(),
        }
    }

    /// Lets nobody be told any more that there is something to read.
    pub(super) fn ignore(&mut self, registry: &Registry) -> Result<()> {
        match self.socket() {
            Some(socket) => registry.deregister(socket),
            None => Err(Error::new(ErrorKind::Unsupported, "a client of KCP reads all the time")),
        }
    }

    /// Makes the end of the stream a reset, which leaves no port in use. KCP has no end.
    pub(super) fn resets(&mut self) -> Result<()> {
        match self.socket() {
            Some(socket) => SockRef::from(&*socket).set_linger(Some(Duration::ZERO)),
            None => Ok(()),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
            Self::Kcp(conversation) => conversation.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
            Self::Kcp(conversation) => conversation.write(bytes),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Tls(stream) => stream.flush(),
            Self::Kcp(conversation) => conversation.flush(),
        }
    }
}
