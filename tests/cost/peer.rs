//! Clients whose connections are in memory, and count the calls that would be system calls on a socket.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use nano::{App, Listener, Server};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The type of a packet with a handshake.
const HANDSHAKE: u8 = 1;
/// The ack of the answer to a handshake.
const ACK: [u8; 4] = [2, 0, 0, 0];
/// The type of a heartbeat.
const HEARTBEAT: u8 = 3;
/// The type of a packet that carries a message.
const DATA: u8 = 4;
/// The flag of a push, without its route's form.
const PUSH: u8 = 3 << 1;

/// The calls of one connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    pub(crate) reads: usize,
    pub(crate) writes: usize,
}

/// The two directions of a connection.
#[derive(Debug, Default)]
struct Wire {
    /// The bytes that the server has not read, from `read` on.
    sent: Vec<u8>,
    read: usize,
    /// As tokio's reactor sees it: something came since a read took all that there was.
    is_readable: bool,
    reader: Option<Waker>,
    is_cut: bool,
    received: Vec<u8>,
    calls: Calls,
}

/// A client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peer(Arc<Mutex<Wire>>);

impl Peer {
    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().expect("no panic while it was locked")
    }

    /// Sends bytes, all at once. Allocates nothing once it has sent as many before.
    pub(crate) fn send(&self, bytes: &[u8]) {
        let mut wire = self.wire();
        assert_eq!(wire.read, wire.sent.len(), "the server has read what was sent before");
        wire.sent.clear();
        wire.read = 0;
        wire.sent.extend_from_slice(bytes);
        wire.is_readable = true;
        if let Some(reader) = wire.reader.take() {
            reader.wake();
        }
    }

    /// Waits for so many bytes, and forgets them. Returns the flag of the first message.
    pub(crate) async fn receive(&self, len: usize) -> u8 {
        let mut turns = 0;
        loop {
            {
                let mut wire = self.wire();
                if wire.received.len() >= len {
                    assert_eq!(wire.received.len(), len);
                    let flag = wire.received[4];
                    assert_eq!(wire.received[0], DATA);
                    wire.received.clear();
                    return flag;
                }
                turns += 1;
                assert!(turns < 10_000, "{} of {len} bytes came", wire.received.len());
            }
            tokio::task::yield_now().await;
        }
    }

    /// Returns the calls since the last time.
    pub(crate) fn calls(&self) -> Calls {
        std::mem::take(&mut self.wire().calls)
    }

    /// Opens the session with the body of a handshake, and forgets the answer.
    async fn open(&self, handshake: &[u8]) {
        let opening = [&packet(HANDSHAKE, handshake)[..], &ACK].concat();
        self.send(&opening);
        let is_open = |wire: &Wire| wire.read == opening.len() && !wire.received.is_empty();
        while !is_open(&self.wire()) {
            tokio::task::yield_now().await;
        }
        self.wire().received.clear();
        self.calls();
    }

    /// Gives the memory of what was sent and received back.
    pub(crate) fn shrink(&self) {
        let mut wire = self.wire();
        assert_eq!(wire.read, wire.sent.len(), "the server has read what was sent");
        (wire.sent, wire.read, wire.received) = Default::default();
    }

    /// Cuts the connection: the server sees its end.
    pub(crate) fn cut(&self) {
        let mut wire = self.wire();
        wire.is_cut = true;
        wire.reader.take().into_iter().for_each(Waker::wake);
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut wire = self.wire();
        if wire.is_cut {
            return Poll::Ready(Ok(()));
        }
        if !wire.is_readable {
            wire.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        wire.calls.reads += 1;
        let len = out.remaining().min(wire.sent.len() - wire.read);
        // A read that is not filled has taken all: tokio waits for the poller then, and reads no more.
        wire.is_readable = len == out.remaining();
        if len == 0 {
            wire.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        out.put_slice(&wire.sent[wire.read..][..len]);
        wire.read += len;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Peer {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut wire = self.wire();
        wire.calls.writes += 1;
        wire.received.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The listener that the clients come from.
struct Clients(UnboundedReceiver<Peer>);

impl Listener for Clients {
    type Stream = Peer;

    fn name(&self) -> String {
        "memory".into()
    }

    async fn bind(&mut self) -> io::Result<Option<SocketAddr>> {
        Ok(None)
    }

    async fn accept(&mut self) -> io::Result<(Peer, Option<SocketAddr>)> {
        match self.0.recv().await {
            Some(peer) => Ok((peer, None)),
            None => std::future::pending().await,
        }
    }
}

/// A running app, and the way to it.
pub(crate) struct Running {
    server: Server,
    clients: UnboundedSender<Peer>,
}

impl Running {
    pub(crate) async fn start(app: App) -> Self {
        let (clients, accepted) = unbounded_channel();
        let app = app.packet_rate(None).byte_rate(None).listen(Clients(accepted));
        Self { server: app.start().await.expect("it starts"), clients }
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// Connects a client, whose session is open then.
    pub(crate) async fn connect(&self) -> Peer {
        self.connect_as(b"").await
    }

    /// The same with the body of a handshake.
    pub(crate) async fn connect_as(&self, handshake: &[u8]) -> Peer {
        let peer = Peer::default();
        self.clients.send(peer.clone()).expect("the app runs");
        peer.open(handshake).await;
        peer
    }
}

/// A request with an id of one byte, or, with the id 0, a notify.
pub(crate) fn message(id: u8, route: &str, body: &[u8]) -> Vec<u8> {
    let mut message = if id == 0 { vec![1 << 1] } else { vec![0, id] };
    message.push(route.len().try_into().expect("a short route"));
    message.extend_from_slice(route.as_bytes());
    message.extend_from_slice(body);
    data(&message)
}

/// A heartbeat that confirms so many messages.
pub(crate) fn confirmation(received: u64) -> Vec<u8> {
    packet(HEARTBEAT, &received.to_be_bytes())
}

/// The length of the reply to such a request.
pub(crate) fn reply_len(body: usize) -> usize {
    data(&[2 << 1, 1]).len() + body
}

/// A push as a client without a dictionary is sent it.
pub(crate) fn push(route: &str, body: &[u8]) -> Vec<u8> {
    let mut message = vec![PUSH, route.len().try_into().expect("a short route")];
    message.extend_from_slice(route.as_bytes());
    message.extend_from_slice(body);
    data(&message)
}

fn data(body: &[u8]) -> Vec<u8> {
    packet(DATA, body)
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).expect("a short body").to_be_bytes();
    [&[kind], &len[1..], body].concat()
}

/// A runtime of this thread, whose time stands still, so that no timer runs while something is counted.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime")
}
