//! What a connection reads from and writes to.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::io::poll_read_buf;

use super::outbound::Batch;

/// How much room a read is given at least, and at most.
const READ_MIN: usize = 512;
const READ_MAX: usize = 16 * 1024;

/// How many segments go into one vectored write.
const SLICES: usize = 16;

/// Why nothing more can be received.
#[derive(Debug)]
pub(crate) enum RecvError {
    /// The connection broke.
    Io(io::Error),
    /// The peer broke the transport's own protocol.
    Protocol(String),
}

/// A stream of packets in both directions.
pub(crate) trait Transport: Send + 'static {
    /// Appends what has come to `inbound`; false at the end of the stream.
    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>>;

    /// Sends all of `batch`, whole packets, and flushes.
    fn poll_send(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>>;

    /// Ends the sending direction.
    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// Packets one after another on a byte stream.
#[derive(Debug)]
pub(crate) struct Stream<S> {
    io: S,
    // Grows while reads fill what they are given, so that an idle connection holds little.
    room: usize,
}

impl<S> Stream<S> {
    pub(crate) fn new(io: S) -> Self {
        Self { io, room: READ_MIN }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Transport for Stream<S> {
    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>> {
        // All that is there, so that what it is answered with is one write.
        let before = inbound.len();
        while inbound.len() - before < READ_MAX {
            inbound.reserve(self.room);
            let room = inbound.capacity() - inbound.len();
            match poll_read_buf(Pin::new(&mut self.io), cx, inbound) {
                Poll::Ready(Ok(read)) if read == room => {
                    self.room = (self.room * 2).min(READ_MAX);
                }
                Poll::Ready(Ok(read)) if read > 0 => {
                    self.room = (self.room / 2).max(READ_MIN);
                    break;
                }
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
            let mut slices = [IoSlice::new(&[]); SLICES];
            let count = batch.len().min(SLICES);
            for (slice, segment) in slices.iter_mut().zip(batch.iter()) {
                *slice = IoSlice::new(segment);
            }
            let io = Pin::new(&mut self.io);
            let written = match &slices[..count] {
                [only] => ready!(io.poll_write(cx, only))?,
                several => ready!(io.poll_write_vectored(cx, several))?,
            };
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            advance(batch, written);
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// Takes `written` bytes off the front.
fn advance(batch: &mut Batch, mut written: usize) {
    while let Some(first) = batch.front_mut() {
        if written < first.len() {
            first.advance(written);
            return;
        }
        written -= first.len();
        batch.pop_front();
    }
}
