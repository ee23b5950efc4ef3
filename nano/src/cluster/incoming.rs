//! A connection that another node has made, or a stranger, as it is served.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::transport::server::Connected;

use super::sockets::Io;
use super::strangers::{GREETING, LARGEST_GREETING, Pass};
use crate::log::{Log, limited};

/// The connections that are to be served.
pub(super) type Coming = mpsc::Receiver<io::Result<Incoming>>;

/// The way for connections that are to be served.
pub(super) type Enter = mpsc::Sender<io::Result<Incoming>>;

/// A connection that was accepted. Until its peer has shown to be a node, no more than a greeting is read of it.
pub(super) struct Incoming {
    io: Box<dyn Io>,
    pass: Arc<Pass>,
    /// The limits on a stranger; `None` for a node.
    limits: Option<Limits>,
    peer: Option<SocketAddr>,
    log: Arc<Log>,
}

struct Limits {
    /// The bytes that are still read.
    left: usize,
    deadline: Pin<Box<Sleep>>,
    admitted: Pin<Box<WaitForCancellationFutureOwned>>,
    is_late: bool,
}

impl Incoming {
    pub(super) fn new(
        io: Box<dyn Io>,
        pass: Arc<Pass>,
        deadline: Instant,
        peer: Option<SocketAddr>,
        log: Arc<Log>,
    ) -> Self {
        let limits = Limits {
            left: LARGEST_GREETING,
            deadline: Box::pin(sleep_until(deadline)),
            admitted: Box::pin(pass.admitted.clone().cancelled_owned()),
            is_late: false,
        };
        Self { io, pass, limits: Some(limits), peer, log }
    }
}

impl Limits {
    /// Reads of a stranger.
    fn poll_read(
        &mut self,
        io: &mut Box<dyn Io>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_late || self.deadline.as_mut().poll(cx).is_ready() {
            self.is_late = true;
            let text = "the peer has not shown in time that it is a node";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, text)));
        }
        let room = self.left.min(buf.remaining());
        if room == 0 {
            // It goes on when the peer is a node; otherwise the time passes.
            return Poll::Pending;
        }
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
        let read = Pin::new(io).poll_read(cx, &mut part);
        let count = part.filled().len();
        buf.advance(count);
        self.left -= count;
        read
    }
}

impl AsyncRead for Incoming {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Some(limits) = &mut this.limits {
            if limits.admitted.as_mut().poll(cx).is_pending() {
                return limits.poll_read(&mut this.io, cx, buf);
            }
            this.limits = None;
        }
        Pin::new(&mut this.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Incoming {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl Connected for Incoming {
    type ConnectInfo = Arc<Pass>;

    fn connect_info(&self) -> Arc<Pass> {
        self.pass.clone()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let Some(limits) = &self.limits else { return };
        if self.pass.admitted.is_cancelled()
            || self.pass.is_introduced()
            || limits.left == LARGEST_GREETING && !limits.is_late
        {
            return;
        }
        let reason = match limits.is_late {
            true => format!("it has not said within {GREETING:?} which node it is"),
            false => "it does not say which node it is".to_owned(),
        };
        limited!(self.log, NodeStranger, reason, peer = ?self.peer);
    }
}
