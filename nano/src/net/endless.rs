//! Packets on a stream whose end the peer does not see: a conversation of KCP.

use std::io;
use std::task::{Context, Poll};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};

use super::batch::Batch;
use super::close_code::CloseCode;
use super::transport::{PacketStream, RecvError, Transport};

/// Packets one after another on a byte stream that ends without a sign.
#[derive(Debug)]
pub(crate) struct EndlessStream<S>(PacketStream<S>);

impl<S> EndlessStream<S> {
    pub(crate) fn new(io: S) -> Self {
        Self(PacketStream::new(io))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Transport for EndlessStream<S> {
    const NAME: &'static str = "kcp";
    const SHOWS_END: bool = false;

    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>> {
        self.0.poll_recv(cx, inbound)
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>> {
        self.0.poll_send(cx, batch)
    }

    fn poll_finish(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
        reason: &str,
    ) -> Poll<io::Result<()>> {
        self.0.poll_finish(cx, code, reason)
    }
}
