//! The transports of a client's packets: a byte stream, or a WebSocket.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use super::queue::Queued;

/// A way to read bytes and to write packets, polled by the one task that owns it.
pub(super) trait Transport: Send + 'static {
    /// Appends what has arrived to `input`; 0 when the server has closed.
    fn poll_read(&mut self, cx: &mut Context<'_>, input: &mut BytesMut) -> Poll<io::Result<usize>>;

    /// Writes `packets` and takes them away; ready when all of them are on their way.
    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        packets: &mut VecDeque<Queued>,
    ) -> Poll<io::Result<()>>;

    /// Returns `true` if the server does not learn of the end from the transport.
    fn needs_goodbye(&self) -> bool {
        false
    }

    /// Tells the server that nothing more will come.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// The number of packets that go into one write.
const WRITE_MANY: usize = 32;

/// A byte stream: TCP, or a pipe in memory.
#[derive(Debug)]
pub(super) struct Framed<I> {
    io: I,
    needs_goodbye: bool,
}

impl<I> Framed<I> {
    /// A stream whose end the server sees.
    pub(super) fn new(io: I) -> Self {
        Self { io, needs_goodbye: false }
    }

    /// A stream whose end the server does not see.
    #[cfg(feature = "kcp")]
    pub(super) fn without_end(io: I) -> Self {
        Self { io, needs_goodbye: true }
    }
}

impl<I: AsyncRead + AsyncWrite + Send + Unpin + 'static> Transport for Framed<I> {
    fn poll_read(&mut self, cx: &mut Context<'_>, input: &mut BytesMut) -> Poll<io::Result<usize>> {
        pin!(self.io.read_buf(input)).poll(cx)
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        packets: &mut VecDeque<Queued>,
    ) -> Poll<io::Result<()>> {
        while !packets.is_empty() {
            let mut slices = [IoSlice::new(&[]); WRITE_MANY];
            let mut used = 0;
            for (slice, queued) in slices.iter_mut().zip(packets.iter()) {
                *slice = IoSlice::new(&queued.packet);
                used += 1;
            }
            let io = Pin::new(&mut self.io);
            let written = ready!(io.poll_write_vectored(cx, &slices[..used]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            remove(packets, written);
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn needs_goodbye(&self) -> bool {
        self.needs_goodbye
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// Takes `written` bytes off the front.
fn remove(packets: &mut VecDeque<Queued>, mut written: usize) {
    while let Some(front) = packets.front_mut() {
        let len = front.packet.len();
        if written < len {
            front.packet.advance(written);
            return;
        }
        written -= len;
        packets.pop_front();
    }
}

/// A WebSocket whose frames hold packets: one per frame on the way out, any part of any number on the way in.
#[derive(Debug)]
pub(super) struct WebSocket<I>(pub(super) WebSocketStream<I>);

/// The buffers of a WebSocket: the library's own defaults take 128 KiB each.
const WS_BUFFER: usize = 4 * 1024;

/// The smallest limit for a frame in bytes: a server may put all that waits for a client into one frame.
const WS_FRAME: usize = 1024 * 1024;

/// Returns the settings of a WebSocket for packets of up to `packet_len` bytes, header included.
pub(super) fn websocket_config(packet_len: usize) -> WebSocketConfig {
    let frame = packet_len.saturating_add(WS_FRAME);
    WebSocketConfig::default()
        .read_buffer_size(WS_BUFFER)
        .write_buffer_size(WS_BUFFER)
        // Room for one packet beyond what makes the buffer be written, and for answers to pings.
        .max_write_buffer_size(packet_len.saturating_add(4 * WS_BUFFER))
        .max_message_size(Some(frame))
        .max_frame_size(Some(frame))
}

impl<I: AsyncRead + AsyncWrite + Send + Unpin + 'static> Transport for WebSocket<I> {
    fn poll_read(&mut self, cx: &mut Context<'_>, input: &mut BytesMut) -> Poll<io::Result<usize>> {
        loop {
            let message = match ready!(Pin::new(&mut self.0).poll_next(cx)) {
                Some(message) => message.map_err(io_error)?,
                None => return Poll::Ready(Ok(0)),
            };
            let bytes = match &message {
                Message::Binary(bytes) => &bytes[..],
                Message::Text(text) => text.as_bytes(),
                Message::Close(_) => return Poll::Ready(Ok(0)),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => continue,
            };
            if !bytes.is_empty() {
                input.extend_from_slice(bytes);
                return Poll::Ready(Ok(bytes.len()));
            }
        }
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        packets: &mut VecDeque<Queued>,
    ) -> Poll<io::Result<()>> {
        while let Some(front) = packets.front() {
            ready!(Pin::new(&mut self.0).poll_ready(cx)).map_err(io_error)?;
            let frame = Message::Binary(front.packet.clone());
            Pin::new(&mut self.0).start_send(frame).map_err(io_error)?;
            packets.pop_front();
        }
        Pin::new(&mut self.0).poll_flush(cx).map_err(io_error)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let normal = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() };
        // Does nothing when it was sent before; `poll_close` meets an error again. Alone it would send no code.
        let _ = Pin::new(&mut self.0).start_send(Message::Close(Some(normal)));
        Sink::poll_close(Pin::new(&mut self.0), cx).map_err(io_error)
    }
}

fn io_error(error: WsError) -> io::Error {
    match error {
        WsError::Io(error) => error,
        other => io::Error::other(other),
    }
}
