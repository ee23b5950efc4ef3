//! The alert by which the other side ends a connection, which HTTP/2 does not pass on.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::fault::{HandshakeFailed, of_tls, told};

/// The alert of one connection. With TLS 1.3, a certificate may be refused when the handshake is complete for the side
/// that has shown it.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster) struct Alert(Arc<OnceLock<String>>);

impl Alert {
    /// Returns the error that tells of the alert, if there was one, and `error` otherwise.
    pub(in crate::cluster) fn or(
        &self,
        error: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Box<dyn Error + Send + Sync> {
        match self.0.get() {
            Some(text) => HandshakeFailed(text.clone()).into(),
            None => error.into(),
        }
    }

    /// A stream whose alert is noted.
    pub(in crate::cluster) fn of<S>(&self, stream: S) -> Alerting<S> {
        Alerting { stream, alert: self.clone() }
    }
}

/// A stream that notes the alert which ends it.
pub(in crate::cluster) struct Alerting<S> {
    stream: S,
    alert: Alert,
}

impl<S: AsyncRead + Unpin> AsyncRead for Alerting<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if let Poll::Ready(Err(error)) = &read
            && let Some(error) = of_tls(error)
        {
            // The first one counts.
            let _ = self.alert.0.set(told(error));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Alerting<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
