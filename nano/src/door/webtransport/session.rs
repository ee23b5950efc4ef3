//! A session of WebTransport, beside its stream: datagrams, and the end.

use bytes::{BufMut, Bytes, BytesMut};
use wtransport::error::ConnectionError;
use wtransport::proto::datagram::Datagram as Head;
use wtransport::proto::ids::QStreamId;
use wtransport::quinn::SendDatagramError;
use wtransport::{Connection, VarInt};

/// The longest number of a session in a datagram.
const NUMBER: usize = 8;

/// A session of WebTransport, whose stream is somebody else's. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct WebTransportSession {
    connection: Connection,
    /// The number of the session, with which each datagram begins.
    number: Bytes,
}

/// The outcome of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Datagram {
    /// It is on its way, or lost.
    Taken,
    /// It was taken, and older ones that waited were dropped.
    Displaced,
    /// It is too large for the way to the client, or the client takes none.
    TooLarge,
    /// The connection has ended.
    Gone,
}

impl WebTransportSession {
    pub(super) fn new(connection: Connection) -> Self {
        let mut number = [0; NUMBER];
        let head = Head::new(QStreamId::from_session_id(connection.session_id()), &[]);
        let len = head.write(&mut number).unwrap_or(0);
        Self { connection, number: Bytes::copy_from_slice(&number[..len]) }
    }

    /// Begins a datagram with room for `len` bytes.
    pub(crate) fn datagram(&self, len: usize) -> BytesMut {
        let mut datagram = BytesMut::with_capacity(self.number.len() + len);
        datagram.put_slice(&self.number);
        datagram
    }

    /// Returns `true` if a datagram of `len` bytes finds room without older ones being dropped.
    pub(crate) fn has_room(&self, len: usize) -> bool {
        self.connection.quic_connection().datagram_send_buffer_space() >= len
    }

    /// Sends a datagram that was [begun](Self::datagram) here. It never waits.
    pub(crate) fn send(&self, datagram: BytesMut) -> Datagram {
        let has_room = self.has_room(datagram.len());
        match self.connection.quic_connection().send_datagram(datagram.freeze()) {
            Ok(()) if has_room => Datagram::Taken,
            Ok(()) => Datagram::Displaced,
            Err(SendDatagramError::ConnectionLost(_)) => Datagram::Gone,
            Err(_) => Datagram::TooLarge,
        }
    }

    /// Ends the connection, with what was not sent yet.
    pub(crate) fn close(&self, code: u16, reason: &str) {
        self.connection.close(VarInt::from_u32(code.into()), reason.as_bytes());
    }

    /// Returns `true` if the connection has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.connection.quic_connection().close_reason().is_some()
    }

    /// Waits for the end of the connection, and returns the code that the client gave for it, if it did.
    pub(crate) async fn closed(self) -> Option<u64> {
        loop {
            // Clients have no datagrams to send: none is looked at.
            let Err(error) = self.connection.receive_datagram().await else { continue };
            return match error {
                ConnectionError::ApplicationClosed(close) => Some(close.code().into_inner()),
                _ => None,
            };
        }
    }
}
