//! Streams that are cut after a number of bytes.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

/// The place where a connection is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// The bytes that the client receives.
    pub(super) read: usize,
    /// The bytes that the server receives.
    pub(super) written: usize,
    /// The server does not notice: to it the connection is still there, and silent.
    pub(super) is_unnoticed: bool,
}

/// The connections that were cut.
#[derive(Clone, Default)]
pub(super) struct Graveyard(Arc<Mutex<Buried>>);

#[derive(Default)]
struct Buried {
    /// The streams that the server still has.
    streams: Vec<DuplexStream>,
    counts: CutCounts,
}

/// The numbers of connections that were cut, by kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CutCounts {
    /// In what the client receives.
    pub(super) read: u32,
    /// In what the server receives.
    pub(super) written: u32,
    /// Those of both that the server did not notice: it has two connections of a client that is back.
    pub(super) unnoticed: u32,
}

impl Graveyard {
    pub(super) fn counts(&self) -> CutCounts {
        self.0.lock().expect("no panic").counts
    }
}

/// A client's end of a connection that is cut.
pub(super) struct Cuttable {
    io: Option<DuplexStream>,
    cut: Option<Cut>,
    /// Bytes count from when this is set.
    is_armed: Arc<AtomicBool>,
    graveyard: Graveyard,
}

impl Cuttable {
    /// `None` cuts nothing.
    pub(super) fn new(
        io: DuplexStream,
        cut: Option<Cut>,
        is_armed: &Arc<AtomicBool>,
        graveyard: &Graveyard,
    ) -> Self {
        Self { io: Some(io), cut, is_armed: is_armed.clone(), graveyard: graveyard.clone() }
    }

    /// The cut, once it is armed.
    fn armed(&self) -> Option<Cut> {
        self.cut.filter(|_| self.is_armed.load(Ordering::Relaxed))
    }

    fn cut(&mut self) -> io::Error {
        if let (Some(io), Some(cut)) = (self.io.take(), self.cut) {
            let mut buried = self.graveyard.0.lock().expect("no panic");
            buried.counts.read += u32::from(cut.read == 0);
            buried.counts.written += u32::from(cut.written == 0);
            if cut.is_unnoticed {
                buried.counts.unnoticed += 1;
                buried.streams.push(io);
            }
        }
        io::ErrorKind::ConnectionReset.into()
    }

    fn io(&mut self) -> io::Result<Pin<&mut DuplexStream>> {
        self.io.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for Cuttable {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let Some(left) = this.armed().map(|cut| cut.read) else {
            return this.io()?.poll_read(cx, buf);
        };
        if left == 0 {
            return Poll::Ready(Err(this.cut()));
        }
        let mut part = vec![0; left.min(buf.remaining())];
        let mut part = ReadBuf::new(&mut part);
        ready!(this.io()?.poll_read(cx, &mut part))?;
        buf.put_slice(part.filled());
        if let Some(cut) = &mut this.cut {
            cut.read -= part.filled().len();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Cuttable {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let Some(left) = this.armed().map(|cut| cut.written) else {
            return this.io()?.poll_write(cx, bytes);
        };
        if left == 0 {
            return Poll::Ready(Err(this.cut()));
        }
        let written = ready!(this.io()?.poll_write(cx, &bytes[..left.min(bytes.len())]))?;
        if let Some(cut) = &mut this.cut {
            cut.written -= written;
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().io()?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().io()?.poll_shutdown(cx)
    }
}
