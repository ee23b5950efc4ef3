//! The datagrams to a client, past its queue and its stream.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

use bytes::BytesMut;
use metrics::Counter;

use crate::door::{Datagram, WebTransportSession};
use crate::session::link::Sent;
use crate::wire::numbered::{self, Number};

/// The way of datagrams to one client, if its connection has them and it has asked for them.
#[derive(Debug, Default)]
pub(super) struct Datagrams {
    is_open: AtomicBool,
    way: RwLock<Option<Way>>,
    /// The number of numbered pushes, over all connections of the session.
    count: AtomicU32,
}

#[derive(Debug)]
struct Way {
    session: WebTransportSession,
    /// Counts the bytes, in an app with metrics.
    sent: Option<Counter>,
}

/// The outcome of a push that may go in a datagram.
pub(super) enum Passed {
    Sent(Sent),
    /// It does not fit. Its stream takes it, with the number by which its client knows its place among the others.
    Numbered(BytesMut),
    /// The connection has ended.
    Gone,
}

impl Datagrams {
    fn set(&self, way: Option<Way>) {
        let mut current = self.way.write().unwrap_or_else(PoisonError::into_inner);
        self.is_open.store(way.is_some(), Ordering::Release);
        *current = way;
    }

    /// Sends datagrams of this session from now on.
    pub(super) fn open(&self, session: WebTransportSession, sent: Option<Counter>) {
        self.set(Some(Way { session, sent }));
    }

    /// Sends no more.
    pub(super) fn close(&self) {
        if self.is_open() {
            self.set(None);
        }
    }

    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// Takes a packet of a push.
    pub(super) fn pass(&self, packet: &[u8], key: u32, is_lossy: bool) -> Passed {
        let way = self.way.read().unwrap_or_else(PoisonError::into_inner);
        let Some(Way { session, sent }) = &*way else { return Passed::Gone };
        let len = packet.len() + numbered::LEN;
        if is_lossy && !session.has_room(len) {
            return Passed::Sent(Sent::Dropped(1));
        }
        let sequence = self.count.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let number = Number { sequence, key };
        let mut datagram = session.datagram(len);
        numbered::write(packet, number, &mut datagram);
        let passed = match session.send(datagram) {
            Datagram::Taken => Sent::Queued,
            Datagram::Displaced => Sent::Dropped(1),
            Datagram::TooLarge => {
                let mut numbered = BytesMut::with_capacity(len);
                numbered::write(packet, number, &mut numbered);
                return Passed::Numbered(numbered);
            }
            Datagram::Gone => return Passed::Gone,
        };
        if let Some(sent) = sent {
            sent.increment(len as u64);
        }
        Passed::Sent(passed)
    }
}
