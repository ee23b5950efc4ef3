//! The pushes that go beside the stream, in datagrams.

use metrics::Counter;

use super::datagrams::Passed;
use super::{Local, Packet};
use crate::codec::packet::HEADER_LEN;
use crate::door::WebTransportSession;
use crate::session::link::{Refused, Sent};
use crate::wire::class::Class;
use crate::wire::outgoing::{Framed, Outgoing};
use crate::wire::scratch::with_scratch;

impl Local {
    /// Sends pushes that may be lost as datagrams of this session from now on, if the client has asked for them.
    pub(crate) fn use_datagrams(&self, session: &WebTransportSession, sent: Option<Counter>) {
        // A stage of one session may count what it has seen, and so does its counterpart.
        if self.dialect().datagrams && !self.wire.stages.has_session() {
            self.datagrams.open(session.clone(), sent);
        }
    }

    /// Sends everything on the stream again.
    pub(crate) fn leave_datagrams(&self) {
        self.datagrams.close();
    }

    /// Takes a push that may be lost; `None` when it goes the way of all others.
    #[inline]
    pub(super) fn send_datagram(
        &self,
        message: &mut Outgoing<'_>,
        class: Class,
    ) -> Option<Result<Sent, Refused>> {
        let key = match class {
            Class::Latest(key) => (key as u32 ^ (key >> 32) as u32).max(1),
            Class::Lossy => 0,
            Class::Owed | Class::Reliable => return None,
        };
        if !self.datagrams.is_open() {
            return None;
        }
        Some(self.pass_datagram(message, class, key))
    }

    fn pass_datagram(
        &self,
        message: &mut Outgoing<'_>,
        class: Class,
        key: u32,
    ) -> Result<Sent, Refused> {
        let dialect = self.dialect();
        if let Some(shared) = message.shared(&self.wire, dialect) {
            return self.pass_packet(shared.map_err(Refused::Message)?, class, key);
        }
        with_scratch(|out| {
            match message.frame(&self.wire, dialect, out).map_err(Refused::Message)? {
                Framed::Written => self.pass_packet(out, class, key),
                Framed::Withheld => Ok(Sent::Withheld),
            }
        })
    }

    fn pass_packet(&self, packet: &[u8], class: Class, key: u32) -> Result<Sent, Refused> {
        match self.datagrams.pass(packet, key, class == Class::Lossy) {
            Passed::Sent(sent) => {
                if let Sent::Dropped(count) = sent {
                    self.outbox.count_dropped(count);
                }
                Ok(sent)
            }
            // It may be one number too long for a packet.
            Passed::Numbered(packet) if packet.len() <= self.longest() => {
                self.put(Packet::Own(&packet), class)
            }
            Passed::Numbered(_) | Passed::Gone => self.put(Packet::Own(packet), class),
        }
    }

    /// The length of the longest packet, with its header.
    fn longest(&self) -> usize {
        self.wire.packet_limit + HEADER_LEN
    }
}
