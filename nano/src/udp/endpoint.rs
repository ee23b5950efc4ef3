//! The task of one socket: datagrams to their conversations, and what is due for each.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
#[cfg(feature = "client")]
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};

use super::conversation::{Conversation, Port};
use super::newcomers::{Meeting, Newcomers};
use super::options::{KcpOptions, MAX_MTU};
use super::segment::{Key, Malformed};
use super::stream::KcpStream;
use crate::log::{Log, limited};

/// The datagrams that are received before conversations are looked at.
const BURST: usize = 64;

/// The bytes that the kernel keeps of datagrams that wait in either direction, where it allows as many: all conversations of
/// a listener share them.
const KERNEL_BUFFER: usize = 4 * 1024 * 1024;

/// The error of Windows for a datagram that is longer than the buffer: `WSAEMSGSIZE`.
const TOO_LONG: i32 = 10040;

/// The pause after a failure to receive, which would be there again at once.
const PAUSE: Duration = Duration::from_millis(10);

/// A stream that waits to be accepted, and the address of its peer.
pub(crate) type Accepted = (KcpStream, SocketAddr);

/// The task of one socket. It ends when nobody listens any more and the last conversation is over.
#[derive(Debug)]
pub(crate) struct Endpoint {
    port: Arc<Port>,
    options: KcpOptions,
    open: HashMap<Key, Arc<Conversation>>,
    /// The conversations in which something waits.
    watched: Vec<Arc<Conversation>>,
    /// `None` for the socket of a client, and when nobody listens any more.
    listening: Option<Listening>,
}

/// The part of a listener.
#[derive(Debug)]
struct Listening {
    newcomers: Newcomers,
    accepted: mpsc::Sender<Accepted>,
    log: Arc<Log>,
}

impl Endpoint {
    /// The endpoint of a listener, which sends conversations to `accepted` until nobody receives them any more.
    pub(crate) fn listening(
        socket: UdpSocket,
        options: KcpOptions,
        accepted: mpsc::Sender<Accepted>,
        log: Arc<Log>,
    ) -> Self {
        let newcomers = Newcomers::new(options.receive_window);
        let mut endpoint = Self::new(socket, options);
        endpoint.listening = Some(Listening { newcomers, accepted, log });
        endpoint
    }

    fn new(socket: UdpSocket, options: KcpOptions) -> Self {
        enlarge(&socket);
        let (open, watched) = Default::default();
        Self { port: Arc::new(Port::new(socket)), options, open, watched, listening: None }
    }

    pub(crate) async fn run(mut self) {
        // One byte more than there may be, so that a longer one is seen.
        let mut buffer = vec![0; MAX_MTU + 1];
        let mut ticks = interval(self.options.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while self.listening.is_some() || !self.open.is_empty() {
            // There may always be another datagram: other tasks get their turn.
            tokio::task::coop::consume_budget().await;
            tokio::select! {
                biased;
                () = self.port.called() => self.take_calls(&mut ticks),
                _ = ticks.tick(), if !self.watched.is_empty() => self.look(),
                () = closed(self.listening.as_ref()) => self.listening = None,
                _ = self.port.socket().readable() => {
                    if let Err(error) = self.receive(&mut buffer, &mut ticks) {
                        tracing::debug!(%error, "datagrams cannot be received");
                        sleep(PAUSE).await;
                    }
                }
            }
        }
    }

    fn take_calls(&mut self, ticks: &mut Interval) {
        for conversation in self.port.take_calls() {
            if !conversation.is_dropped() {
                self.watch(conversation, ticks);
            } else if self.open.remove(&conversation.key).is_some()
                && let Some(listening) = &mut self.listening
            {
                listening.newcomers.ended(conversation.key, self.port.now());
            }
        }
    }

    fn watch(&mut self, conversation: Arc<Conversation>, ticks: &mut Interval) {
        if self.watched.is_empty() {
            ticks.reset();
        }
        self.watched.push(conversation);
    }

    fn look(&mut self) {
        let now = self.port.now();
        self.watched.retain(|conversation| conversation.look(now));
        if self.watched.is_empty() {
            self.watched = Vec::new();
        }
    }

    fn receive(&mut self, buffer: &mut [u8], ticks: &mut Interval) -> io::Result<()> {
        for _ in 0..BURST {
            match self.port.socket().try_recv_from(buffer) {
                Ok((len, peer)) => self.datagram(peer, &buffer[..len], ticks),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // Windows tells so of a datagram that did not arrive, to whomever it was sent.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                // And of one that is longer than the buffer, which is cut on other systems.
                Err(error) if cfg!(windows) && error.raw_os_error() == Some(TOO_LONG) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn datagram(&mut self, peer: SocketAddr, datagram: &[u8], ticks: &mut Interval) {
        let now = self.port.now();
        let taken = match datagram.first_chunk() {
            _ if datagram.len() > MAX_MTU => Err(Malformed::Long),
            None => Err(Malformed::Short(datagram.len())),
            Some(conv) => {
                let key = Key { peer, conv: u32::from_le_bytes(*conv) };
                match self.open.get(&key).cloned() {
                    Some(conversation) => self.input(conversation, datagram, now, ticks),
                    None => self.meet(peer, datagram, now, ticks),
                }
            }
        };
        if let (Err(malformed), Some(listening)) = (taken, &self.listening) {
            limited!(listening.log, DatagramMalformed, reason = %malformed, %peer);
        }
    }

    fn input(
        &mut self,
        conversation: Arc<Conversation>,
        datagram: &[u8],
        now: u32,
        ticks: &mut Interval,
    ) -> Result<(), Malformed> {
        let (begins, taken) = conversation.input(datagram, now);
        if begins {
            self.watch(conversation, ticks);
        }
        taken
    }

    /// Takes in a datagram of no open conversation.
    fn meet(
        &mut self,
        peer: SocketAddr,
        datagram: &[u8],
        now: u32,
        ticks: &mut Interval,
    ) -> Result<(), Malformed> {
        let Some(Listening { newcomers, accepted, log }) = &mut self.listening else {
            return Ok(());
        };
        match newcomers.meet(peer, datagram, now)? {
            Meeting::Ignored => Ok(()),
            Meeting::Asked { challenge, is_full } => {
                if is_full {
                    limited!(log, NewcomersForgotten, limit = Newcomers::FIRSTS, %peer);
                }
                self.port.send(&challenge, peer);
                Ok(())
            }
            Meeting::Proven { key, first } => {
                let Ok(place) = accepted.try_reserve() else {
                    let (reason, limit) = ("too many wait to be accepted", accepted.max_capacity());
                    limited!(log, ConnectionRefused, reason, limit, peer = ?Some(peer));
                    return Ok(());
                };
                let conversation =
                    Arc::new(Conversation::new(key, self.port.clone(), &self.options));
                self.open.insert(key, conversation.clone());
                place.send((KcpStream::new(conversation.clone()), peer));
                if let Some(first) = first {
                    self.input(conversation.clone(), &first, now, ticks)?;
                }
                self.input(conversation, datagram, now, ticks)
            }
        }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.port.abandon();
    }
}

/// Waits until nobody listens any more.
async fn closed(listening: Option<&Listening>) {
    match listening {
        Some(listening) => listening.accepted.closed().await,
        None => std::future::pending().await,
    }
}

/// Opens a conversation with a server, in a task of its own. Whether somebody is there shows when the first bytes are
/// confirmed.
#[cfg(feature = "client")]
pub(crate) async fn connect(server: SocketAddr, options: &KcpOptions) -> io::Result<KcpStream> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    // Until the runtime knows that there is room, the first datagram would find none.
    socket.writable().await?;
    let key = Key { peer: server, conv: getrandom::u32()? };
    let mut endpoint = Endpoint::new(socket, *options);
    let conversation = Arc::new(Conversation::new(key, endpoint.port.clone(), options));
    endpoint.open.insert(key, conversation.clone());
    tokio::spawn(endpoint.run());
    Ok(KcpStream::new(conversation))
}

/// Lets many datagrams wait. A socket works without, so an error is only logged.
fn enlarge(socket: &UdpSocket) {
    let socket = socket2::SockRef::from(socket);
    let enlarged = socket
        .set_recv_buffer_size(KERNEL_BUFFER)
        .and_then(|()| socket.set_send_buffer_size(KERNEL_BUFFER));
    if let Err(error) = enlarged {
        tracing::debug!(%error, "the buffers of a socket cannot be set");
    }
}
