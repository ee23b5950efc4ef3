//! Transports: the streams of packets that a connection reads from and writes to.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::io::poll_read_buf;

use super::batch::Batch;
use super::buffers;
use super::close_code::{CloseCode, Fault};

/// The least room that a read is given. The buffer doubles when it has to grow.
pub(super) const READ_MIN: usize = 512;

/// The reason why nothing more can be received.
#[derive(Debug)]
pub(crate) enum RecvError {
    /// The connection broke.
    Io(io::Error),
    /// The peer broke the transport's own protocol. What it sends behind that is read and not received.
    Protocol(Fault),
}

/// A stream of packets in both directions.
pub(crate) trait Transport: Send + Unpin + 'static {
    /// The name of the transport, for the metrics.
    const NAME: &'static str;

    /// The peer sees the end of the connection.
    const SHOWS_END: bool = true;

    /// Appends what has come to `inbound`; false at the end of the stream.
    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>>;

    /// Returns the number of frames without a part of a packet that have come since the last call.
    fn take_empty_frames(&mut self) -> usize {
        0
    }

    /// Sends all of `batch`, whole packets, and flushes.
    fn poll_send(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>>;

    /// Returns `true` if the peer has said that it ends, and waits for the answer: the next call of
    /// [`poll_recv`](Transport::poll_recv).
    fn owes_close(&self) -> bool {
        false
    }

    /// Returns `true` if the peer has ended the connection with a goodbye, where the transport has one.
    fn has_left(&self) -> bool {
        false
    }

    /// Returns the session of WebTransport that the stream belongs to, if it does: it has datagrams.
    #[cfg(feature = "webtransport")]
    fn session(&self) -> Option<&crate::door::WebTransportSession> {
        None
    }

    /// Ends the sending direction, with the reason where the transport has a place for it.
    fn poll_finish(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
        reason: &str,
    ) -> Poll<io::Result<()>>;
}

/// Packets one after another on a byte stream.
#[derive(Debug)]
pub(crate) struct PacketStream<S> {
    io: S,
}

impl<S> PacketStream<S> {
    pub(crate) fn new(io: S) -> Self {
        Self { io }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Transport for PacketStream<S> {
    const NAME: &'static str = "stream";

    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>> {
        // All that is there, so that what it is answered with is one write.
        let before = inbound.len();
        while inbound.len() - before < buffers::SIZE {
            inbound.reserve(READ_MIN);
            let room = inbound.capacity() - inbound.len();
            match poll_read_buf(Pin::new(&mut self.io), cx, inbound) {
                Poll::Ready(Ok(read)) if read == room => {}
                Poll::Ready(Ok(read)) if read > 0 => break,
                // The end will be there again at the next call.
                _ if inbound.len() > before => break,
                Poll::Ready(Ok(_)) => return Poll::Ready(Ok(false)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(RecvError::Io(error))),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(true))
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>> {
        while !batch.is_empty() {
            let io = Pin::new(&mut self.io);
            let written = ready!(batch.with_slices(|slices| match slices {
                [only] => io.poll_write(cx, only),
                several => io.poll_write_vectored(cx, several),
            }))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            batch.advance(written);
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>, _: CloseCode, _: &str) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
