//! Packets in the frames of a WebSocket.

mod frames;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BufMut, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_util::io::poll_read_buf;

use super::batch::Batch;
use super::buffers;
use super::close_code::{CloseCode, Fault};
use super::transport::{READ_MIN, RecvError, Transport};
use crate::codec::packet::{HEADER_LEN, PacketDecoder};
use frames::{Event, Frames};

/// Packets in the frames of a WebSocket, one frame each: stock clients do not look for a second.
#[derive(Debug)]
pub(crate) struct WebSocketStream<S> {
    io: S,
    frames: Frames,
    inbound: Inbound,
    /// Framed bytes that the peer has not taken.
    out: BytesMut,
    /// The payload of the last ping, if much waits for the peer already: only this one is owed an answer then.
    ping: Option<Vec<u8>>,
    close: Close,
    /// The peer's close says that it does not come back.
    has_left: bool,
    /// The frames without a part of a packet that the connection has not counted.
    empty: usize,
}

/// The receiving direction.
#[derive(Debug)]
enum Inbound {
    /// Bytes that came behind the upgrade request are to be looked at first.
    Early,
    Open,
    /// The peer broke the rules, behind packets that are handled first.
    Broken(Fault),
    /// What comes behind a violation is skipped. It is read all the same: closing a socket with something unread
    /// would take away from the peer what it was told.
    Skipped,
}

/// The closing handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Close {
    Open,
    /// The peer's close has come, with this code; packets before it are handled first.
    Received(Option<u16>),
    /// Ours is among what is sent: nothing may follow it.
    Sent,
    /// The peer has closed, and been answered.
    Answered,
}

impl Close {
    /// `true` if anything may be sent but a close.
    fn is_sent_to(self) -> bool {
        matches!(self, Self::Open | Self::Received(_))
    }
}

/// The codes of a peer that does not come back: it closed its socket, or its page is gone.
const GOODBYES: [u16; 2] = [1000, 1001];

/// The bytes that may wait for a peer before only its last ping is owed an answer.
const PONGS: usize = 2 * 1024;

/// The frames without a part of a packet after which a connection lets others go on.
const EMPTY: usize = 64;

/// The longest reason of a close in bytes: what a control frame holds behind the code.
const REASON: usize = 123;

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocketStream<S> {
    /// Takes over after the upgrade; `early` is what the client sent behind it.
    pub(crate) fn new(io: S, early: Vec<u8>, packet_limit: usize) -> Self {
        let limit = u64::try_from(packet_limit + HEADER_LEN).unwrap_or(u64::MAX);
        let mut frames = Frames::new(limit);
        *frames.held() = early;
        Self {
            io,
            frames,
            inbound: Inbound::Early,
            out: BytesMut::new(),
            ping: None,
            close: Close::Open,
            has_left: false,
            empty: 0,
        }
    }

    /// Takes the frames out of what is behind `start` in the buffer. A violation is for the next read.
    fn decode(&mut self, inbound: &mut BytesMut, start: usize) {
        let Self { frames, ping, close, has_left, out, empty, .. } = self;
        let (len, decoded) = frames.decode(&mut inbound[start..], |event| match event {
            Event::Ping(_) if !close.is_sent_to() => {}
            Event::Ping(payload) if out.len() < PONGS => {
                write_frame(out, OpCode::Control(Control::Pong), &payload);
            }
            Event::Ping(payload) => *ping = Some(payload),
            Event::Close(code) if *close == Close::Open => {
                *close = Close::Received(code);
                *has_left = code.is_some_and(|code| GOODBYES.contains(&code));
            }
            Event::Close(_) => *close = Close::Answered,
        });
        *empty += frames.take_empty();
        inbound.truncate(start + len);
        if let Err(fault) = decoded {
            self.inbound = Inbound::Broken(fault);
        }
    }

    /// `true` if the peer may still send something.
    fn is_read(&self) -> bool {
        matches!(self.close, Close::Open | Close::Sent) && matches!(self.inbound, Inbound::Open)
    }

    /// `true` if nothing follows the close that was sent, and no answer to it is waited for.
    fn is_over(&self) -> bool {
        let is_broken = matches!(self.inbound, Inbound::Broken(_) | Inbound::Skipped);
        self.close == Close::Answered || (self.close == Close::Sent && is_broken)
    }

    /// Reads what comes behind a violation; false at the end of the stream.
    fn poll_skip(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, RecvError>> {
        let mut skipped = buffers::take();
        let read = poll_read_buf(Pin::new(&mut self.io), cx, &mut skipped);
        buffers::give(skipped);
        read.map(|read| read.map(|read| read > 0).map_err(RecvError::Io))
    }

    /// Writes what waits: control frames that are owed, and what is left of the packets. Behind the last frame comes
    /// the end of the stream, for which peers wait.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            while !self.out.is_empty() {
                let written = ready!(Pin::new(&mut self.io).poll_write(cx, &self.out))?;
                if written == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.out.advance(written);
            }
            match self.ping.take() {
                Some(payload) if self.close.is_sent_to() => {
                    write_frame(&mut self.out, OpCode::Control(Control::Pong), &payload);
                }
                _ => break,
            }
        }
        buffers::give(std::mem::take(&mut self.out));
        match self.is_over() {
            true => Pin::new(&mut self.io).poll_shutdown(cx),
            false => Pin::new(&mut self.io).poll_flush(cx),
        }
    }

    fn frame_close(&mut self, code: Option<u16>, reason: &str) {
        let mut payload = Vec::new();
        if let Some(code) = code {
            payload.extend_from_slice(&code.to_be_bytes());
            let mut cuts = (0..=REASON.min(reason.len())).rev();
            let cut = cuts.find(|cut| reason.is_char_boundary(*cut)).unwrap_or_default();
            payload.extend_from_slice(&reason.as_bytes()[..cut]);
        }
        write_frame(&mut self.out, OpCode::Control(Control::Close), &payload);
    }
}

/// Appends a frame.
fn write_frame(out: &mut BytesMut, opcode: OpCode, payload: &[u8]) {
    if out.capacity() == 0 {
        *out = buffers::take();
    }
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    // Writing to memory does not fail.
    let _ = header.format(payload.len() as u64, &mut (&mut *out).writer());
    out.extend_from_slice(payload);
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Transport for WebSocketStream<S> {
    const NAME: &'static str = "websocket";

    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>> {
        let (before, empty) = (inbound.len(), self.empty);
        if matches!(self.inbound, Inbound::Skipped) {
            return self.poll_skip(cx);
        }
        if matches!(self.inbound, Inbound::Early) {
            self.inbound = Inbound::Open;
            inbound.extend_from_slice(&std::mem::take(self.frames.held()));
            self.decode(inbound, before);
        } else if let Close::Received(code) = self.close {
            // What came before it has been handled, as far as it could be at once.
            self.close = Close::Answered;
            self.frame_close(code, "");
        }
        if self.ping.is_some() || !self.out.is_empty() {
            // The rest of a pong, or the close. An error shows again when something is read or sent.
            let _ = self.poll_write(cx);
        }
        // All that is there, so that what it is answered with is one write.
        while inbound.len() - before < buffers::SIZE && self.is_read() {
            let start = inbound.len();
            inbound.extend_from_slice(self.frames.held());
            inbound.reserve(READ_MIN);
            let room = inbound.capacity() - inbound.len();
            let read = poll_read_buf(Pin::new(&mut self.io), cx, inbound);
            let Poll::Ready(Ok(read @ 1..)) = read else {
                inbound.truncate(start);
                if start > before {
                    // The end will be there again at the next call.
                    break;
                }
                return read.map(|read| read.map(|_| false).map_err(RecvError::Io));
            };
            self.frames.held().clear();
            self.decode(inbound, start);
            if !self.out.is_empty() {
                // An error shows again when something is read or sent.
                let _ = self.poll_write(cx);
            }
            if (read < room && inbound.len() > before) || self.empty - empty >= EMPTY {
                break;
            }
        }
        if inbound.len() > before || self.empty - empty >= EMPTY {
            return Poll::Ready(Ok(true));
        }
        if let Inbound::Broken(_) = &self.inbound
            && let Inbound::Broken(fault) = std::mem::replace(&mut self.inbound, Inbound::Skipped)
        {
            return Poll::Ready(Err(RecvError::Protocol(fault)));
        }
        match self.close {
            Close::Open | Close::Sent => Poll::Pending,
            Close::Received(_) => self.poll_recv(cx, inbound),
            Close::Answered => Poll::Ready(Ok(false)),
        }
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>> {
        let decoder = PacketDecoder::new(usize::MAX);
        batch.drain(|mut packets| {
            // Behind a close nothing is sent any more.
            while self.close.is_sent_to() && !packets.is_empty() {
                // A batch holds whole packets of our own making.
                let len = decoder.frame_len(packets).ok().flatten().unwrap_or(packets.len());
                let (packet, rest) = packets.split_at(len.min(packets.len()));
                write_frame(&mut self.out, OpCode::Data(Data::Binary), packet);
                packets = rest;
            }
        });
        self.poll_write(cx)
    }

    fn take_empty_frames(&mut self) -> usize {
        std::mem::take(&mut self.empty)
    }

    fn owes_close(&self) -> bool {
        matches!(self.close, Close::Received(_))
    }

    fn has_left(&self) -> bool {
        self.has_left
    }

    fn poll_finish(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
        reason: &str,
    ) -> Poll<io::Result<()>> {
        match self.close {
            Close::Open => {
                self.close = Close::Sent;
                self.frame_close(Some(code.into()), reason);
            }
            Close::Received(code) => {
                self.close = Close::Answered;
                self.frame_close(code, "");
            }
            Close::Sent | Close::Answered => {}
        }
        self.poll_write(cx)
    }
}

#[cfg(test)]
mod tests;
