//! The byte stream of one connection over UDP, by KCP.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kcp::Kcp;
use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};

/// The time between two looks at a conversation: it confirms what came, and repeats what counts as lost.
pub(super) const INTERVAL: Duration = Duration::from_millis(10);

/// The segments in one direction that may be under way, or wait.
const WINDOW: u16 = 256;
/// The longest datagram of KCP that servers send.
const DATAGRAM: usize = 1500;
/// The most bytes that become segments at once.
const PART: usize = 32 * 1024;

/// One conversation, at a socket of its own.
pub(super) struct Conversation {
    kcp: Kcp<Datagrams>,
    socket: Arc<UdpSocket>,
    start: Instant,
}

/// What is sent is sent in datagrams.
struct Datagrams(Arc<UdpSocket>);

impl Conversation {
    /// Begins a conversation with a number that the client chooses.
    pub(super) fn start(
        address: SocketAddr,
        number: u32,
        registry: &Registry,
        token: Token,
    ) -> Result<Self> {
        let any: SocketAddr = match address.is_ipv4() {
            true => (Ipv4Addr::UNSPECIFIED, 0).into(),
            false => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let mut socket = UdpSocket::bind(any)?;
        socket.connect(address)?;
        registry.register(&mut socket, token, Interest::READABLE)?;
        let socket = Arc::new(socket);
        let mut kcp = Kcp::new_stream(number, Datagrams(socket.clone()));
        let interval = i32::try_from(INTERVAL.as_millis()).unwrap_or(i32::MAX);
        kcp.set_nodelay(true, interval, 2, true);
        kcp.set_wndsize(WINDOW, WINDOW);
        let mut this = Self { kcp, socket, start: Instant::now() };
        this.tick()?;
        Ok(this)
    }

    /// Looks at the conversation, which has to be done at each [`INTERVAL`].
    pub(super) fn tick(&mut self) -> Result<()> {
        let now = self.start.elapsed().as_millis() as u32;
        self.kcp.update(now)?;
        match self.kcp.is_dead_link() {
            true => Err(Error::new(ErrorKind::TimedOut, "the server confirms nothing any more")),
            false => Ok(()),
        }
    }
}

impl Read for Conversation {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut datagram = [0; DATAGRAM];
        loop {
            match self.kcp.recv(buffer) {
                Err(kcp::Error::RecvQueueEmpty | kcp::Error::ExpectingFragment) => {}
                read => return Ok(read?),
            }
            let len = self.socket.recv(&mut datagram)?;
            self.kcp.input(&datagram[..len])?;
        }
    }
}

impl Write for Conversation {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.kcp.wait_snd() >= usize::from(WINDOW) {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(self.kcp.send(&bytes[..bytes.len().min(PART)])?)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(self.kcp.flush()?)
    }
}

impl Write for Datagrams {
    fn write(&mut self, datagram: &[u8]) -> Result<usize> {
        match self.0.send(datagram) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => Err(error),
            // What the system does not take is lost, as it may be on the way.
            _ => Ok(datagram.len()),
        }
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl std::fmt::Debug for Conversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conversation").field("number", &self.kcp.conv()).finish_non_exhaustive()
    }
}
