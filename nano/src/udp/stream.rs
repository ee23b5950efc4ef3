//! The stream of one conversation, as the application reads and writes it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::conversation::{Conversation, Phase, State};

/// A byte stream over KCP. Dropping it ends the conversation: what the peer has not confirmed is not sent again, and what
/// it sends from then on gets nothing.
///
/// KCP has no sign for the end of a stream: this side sees the end when it has shut down its own, and
/// [`TimedOut`](io::ErrorKind::TimedOut) when the peer confirms nothing any more.
#[derive(Debug)]
pub struct KcpStream(Arc<Conversation>);

impl KcpStream {
    pub(super) fn new(conversation: Arc<Conversation>) -> Self {
        Self(conversation)
    }

    /// Writes the slices, as far as there is room.
    fn write(&self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let mut state = self.0.state();
        check_open(&state)?;
        if state.machine.writable() == 0 {
            // What was written goes out first, and makes room.
            self.0.flush(&mut state);
        }
        let mut written = 0;
        for slice in slices {
            let len = state.machine.write(slice);
            written += len;
            if len < slice.len() {
                break;
            }
        }
        if written == 0 && slices.iter().any(|slice| !slice.is_empty()) {
            remember(&mut state.writer, cx);
            return Poll::Pending;
        }
        Poll::Ready(Ok(written))
    }
}

fn check_open(state: &State) -> io::Result<()> {
    if state.machine.is_dead() {
        return Err(gone());
    }
    match state.phase {
        Phase::Open => Ok(()),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the peer confirms nothing any more")
}

fn remember(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *place = Some(cx.waker().clone()),
    }
}

impl AsyncRead for KcpStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.0.state();
        let unread = state.machine.readable();
        let len = unread.len().min(buf.remaining());
        if len > 0 {
            buf.put_slice(&unread[..len]);
            if state.machine.take(len) {
                self.0.flush(&mut state);
            }
            return Poll::Ready(Ok(()));
        }
        if buf.remaining() == 0 || state.phase == Phase::Finished {
            return Poll::Ready(Ok(()));
        }
        if state.machine.is_dead() {
            return Poll::Ready(Err(gone()));
        }
        remember(&mut state.reader, cx);
        Poll::Pending
    }
}

impl AsyncWrite for KcpStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.0.state();
        if state.machine.is_dead() {
            return Poll::Ready(Err(gone()));
        }
        self.0.flush(&mut state);
        Poll::Ready(Ok(()))
    }

    /// Waits until the peer has everything, or has confirmed nothing for three seconds.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.0.state();
        if state.phase == Phase::Open {
            state.phase = Phase::Finishing { since: self.0.now() };
            self.0.flush(&mut state);
        }
        if state.machine.is_confirmed() || state.machine.is_dead() {
            state.phase = Phase::Finished;
        }
        if state.phase == Phase::Finished {
            // A reader that waits sees the end.
            let reader = state.reader.take();
            drop(state);
            reader.into_iter().for_each(Waker::wake);
            return Poll::Ready(Ok(()));
        }
        remember(&mut state.writer, cx);
        Poll::Pending
    }
}

impl Drop for KcpStream {
    fn drop(&mut self) {
        self.0.drop_stream();
    }
}
