//! Packets in the frames of a WebSocket.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::batch::Batch;
use super::transport::{RecvError, Transport};
use crate::codec::packet::{HEADER_LEN, PacketDecoder};

/// tungstenite touches its whole read buffer on every read: small is fast, and cheap when idle.
const READ_BUFFER: usize = 2 * 1024;
const WRITE_BUFFER: usize = 8 * 1024;

/// Packets in the frames of a WebSocket, one frame each: stock clients do not look for a second.
pub(crate) struct WebSocketStream<S> {
    inner: tokio_tungstenite::WebSocketStream<S>,
    // The frame that did not fit yet.
    pending: Option<Message>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocketStream<S> {
    /// Takes over after the upgrade; `early` is what the client sent behind it.
    pub(crate) async fn new(io: S, early: Vec<u8>, packet_limit: usize) -> Self {
        let frame = packet_limit + HEADER_LEN;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_write_buffer_size(WRITE_BUFFER + 2 * frame)
            .max_message_size(Some(frame))
            .max_frame_size(Some(frame));
        let inner = tokio_tungstenite::WebSocketStream::from_partially_read(
            io,
            early,
            Role::Server,
            Some(config),
        )
        .await;
        Self { inner, pending: None }
    }

    /// The next frame to send: one packet off the front of the batch.
    fn next_frame(&mut self, batch: &mut Batch) -> Option<Message> {
        if let Some(message) = self.pending.take() {
            return Some(message);
        }
        let decoder = PacketDecoder::new(usize::MAX);
        // A batch holds whole packets of our own making.
        let frame_len =
            |batch: &[u8]| decoder.frame_len(batch).ok().flatten().unwrap_or(batch.len());
        let packet = batch.take_packet(frame_len)?;
        Some(Message::Binary(packet))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Transport for WebSocketStream<S> {
    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>> {
        loop {
            let message = match ready!(Pin::new(&mut self.inner).poll_next(cx)) {
                None => return Poll::Ready(Ok(false)),
                Some(Ok(message)) => message,
                Some(Err(error)) => return Poll::Ready(receive_error(error)),
            };
            match message {
                Message::Binary(body) => inbound.extend_from_slice(&body),
                Message::Text(body) => inbound.extend_from_slice(body.as_bytes()),
                Message::Close(_) => return Poll::Ready(Ok(false)),
                // tungstenite answers pings by itself.
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => continue,
            }
            return Poll::Ready(Ok(true));
        }
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>> {
        while let Some(message) = self.next_frame(batch) {
            match Pin::new(&mut self.inner).poll_ready(cx) {
                Poll::Pending => {
                    self.pending = Some(message);
                    return Poll::Pending;
                }
                Poll::Ready(ready) => ready.map_err(into_io)?,
            }
            Pin::new(&mut self.inner).start_send(message).map_err(into_io)?;
        }
        Pin::new(&mut self.inner).poll_flush(cx).map_err(into_io)
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx).map_err(into_io)
    }
}

fn receive_error(error: Error) -> Result<bool, RecvError> {
    match error {
        // Browsers and games are closed without a word: that is no fault.
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Ok(false),
        Error::Io(error) => Err(RecvError::Io(error)),
        other => Err(RecvError::Protocol(other.to_string())),
    }
}

fn into_io(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        other => io::Error::other(other),
    }
}
