//! The packets of a client: checked against the phase, with messages handed to the session's dispatch.

use std::num::NonZeroU64;
use std::task::Context;

use bytes::Buf;

use super::{Opening, Pump, Reading, Sending, Transport};
use crate::Result;
use crate::codec::message::RawHead;
use crate::codec::{MessageKind, PacketDecoder, PacketKind};
use crate::dispatch::Inbound;
use crate::door::Stranger;
use crate::log::limited;
use crate::net::close_code::{CloseCode, Fault};
use crate::net::{OverRate, Rates};
use crate::session::CloseReason;
use crate::session::link::Link;
use crate::wire::handshake;

impl<T: Transport> Pump<T> {
    /// Handles the packets that are complete, one after another. True when anything happened.
    pub(super) fn handle_inbound(&mut self, cx: &mut Context<'_>, budget: &mut usize) -> bool {
        if self.is_rate_exceeded() {
            return false;
        }
        let (mut progress, left) = (false, *budget);
        // Taken out, so that a packet may be looked at while everything else changes.
        let mut inbound = std::mem::take(&mut self.inbound);
        let mut at = 0;
        while *budget > 0 && self.application.is_serving() && self.is_ready() {
            // The handler of the message before may have closed its session, also one that has just waited to its end.
            if self.link.is_closing() {
                // What waits is left there: it must not overtake what this turn wrote before.
                let look = self.link.look(None);
                self.notice(look);
                if self.net.runtime.tasks.is_closed() {
                    // The app ends, and waits for no words of a peer that has gone.
                    self.application.abort();
                }
                if !self.application.is_serving() {
                    progress = true;
                    break;
                }
            }
            if self.link.is_half_full() {
                // What waits is sent first: a peer that asks for much, and reads it, is no slow consumer. One that
                // does not read meets the write deadline.
                progress |= self.sending == Sending::Flowing;
                if self.sending == Sending::Done {
                    self.lose_or_close(CloseReason::Disconnected);
                }
                break;
            }
            let limit = self.net.settings.packet_limit;
            let decoder = PacketDecoder::new(match self.opening {
                Opening::Complete => limit,
                _ => limit.min(handshake::LIMIT),
            });
            progress = true;
            let rest = inbound.get(at..).unwrap_or_default();
            match decoder.peek(rest) {
                Ok(Some(packet)) => {
                    *budget -= 1;
                    at += packet.len();
                    let handled = self.handle_packet(cx, packet.kind, packet.body);
                    if let Err(fault) = handled {
                        self.violation(fault);
                    }
                }
                Ok(None) if self.reading == Reading::Ended => {
                    self.lose_or_close(CloseReason::Disconnected);
                    break;
                }
                Ok(None) => {
                    progress = false;
                    break;
                }
                Err(error) => {
                    let mut fault = Fault::from(error);
                    fault.detail.push_str(&self.hint(rest));
                    self.violation(fault);
                }
            }
        }
        if *budget < left {
            self.link.seen();
            self.count(left - *budget, at);
        }
        if at == inbound.len() {
            // Cut off at its front instead, the buffer would have to be put together again.
            inbound.clear();
        } else {
            inbound.advance(at);
        }
        self.inbound = inbound;
        progress
    }

    /// Returns `true` if the next packet may be handled.
    fn is_ready(&self) -> bool {
        // The ack of a client that is back does not wait for a handler which has run since its connection was lost.
        let is_ready = self.dispatch.is_ready() || matches!(self.opening, Opening::Ack { .. });
        is_ready && !self.is_claiming()
    }

    /// Returns `true` if the client is not read because it has sent too fast.
    pub(super) fn is_rate_exceeded(&self) -> bool {
        self.rate.waits_until().is_some() && self.application.is_serving()
    }

    /// Counts what has come towards the rate of the client.
    pub(super) fn count(&mut self, packets: usize, bytes: usize) {
        let rates = &self.net.settings.rates;
        if !self.rate.count(packets, bytes, rates) {
            return;
        }
        let Rates { packets, bytes, over } = *rates;
        let (session, peer) = (self.session().id(), self.session().remote_addr());
        limited!(self.net.runtime.log(), ClientTooFast, %session, ?peer, packets, bytes);
        if over == OverRate::Close {
            self.close(CloseReason::RateLimited);
        }
    }

    /// Names the protocol of a peer that came to the wrong listener, as the end of an error, and in the log.
    fn hint(&self, inbound: &[u8]) -> String {
        let is_first = matches!(self.opening, Opening::Handshake { .. });
        let stranger = Stranger::of_first_bytes(inbound).filter(|_| is_first);
        if stranger == Some(Stranger::Proxy) {
            let peer = self.session().remote_addr();
            limited!(self.net.runtime.log(), ProxyUnexpected, ?peer);
        }
        stranger.map(|stranger| format!("; {}", stranger.advice())).unwrap_or_default()
    }

    /// Closes because the peer broke the rules.
    pub(super) fn violation(&mut self, Fault { code, detail }: Fault) {
        let (session, peer) = (self.session().id(), self.session().remote_addr());
        match code {
            CloseCode::Size => {
                limited!(self.net.runtime.log(), PacketTooLarge, %session, ?peer, detail);
            }
            _ => tracing::debug!(%session, detail, "a client broke the protocol"),
        }
        self.fault = code;
        self.close(CloseReason::Protocol(detail.into()));
    }

    fn handle_packet(
        &mut self,
        cx: &mut Context<'_>,
        kind: PacketKind,
        body: &[u8],
    ) -> Result<(), Fault> {
        match (self.opening, kind) {
            (Opening::Complete, PacketKind::Data) => return self.handle_data(cx, body),
            // Godot's clients beat before their ack, too.
            (Opening::Complete | Opening::Ack { .. }, PacketKind::Heartbeat) => {
                return self.heartbeat(body);
            }
            (Opening::Handshake { until }, PacketKind::Handshake) => {
                self.handshake(cx, body, until)
            }
            (Opening::Ack { .. }, PacketKind::HandshakeAck) => self.opened(cx),
            (Opening::Complete | Opening::Ack { .. }, PacketKind::Kick) if self.goodbye() => {}
            (opening, kind) => {
                let expected = match opening {
                    Opening::Handshake { .. } => "a handshake",
                    Opening::Deciding { .. } => "nothing before the handshake's answer",
                    Opening::Ack { .. } => "the handshake's ack",
                    Opening::Complete => "data or a heartbeat",
                };
                let got = name(kind);
                return Err(Fault::protocol(format!("expected {expected}, got a {got} packet")));
            }
        }
        Ok(())
    }

    fn handle_data(&mut self, cx: &mut Context<'_>, body: &[u8]) -> Result<(), Fault> {
        self.take_in();
        let (head, body) = RawHead::decode(body)?;
        let request = match head.kind {
            // Nothing could answer id 0.
            MessageKind::Request => NonZeroU64::new(head.id),
            MessageKind::Notify => None,
            MessageKind::Response | MessageKind::Push => {
                return Err(Fault::protocol("a client sends requests and notifies only"));
            }
        };
        let body = self.link.wire().received(self.link.dialect(), head.compressed, body);
        Ok(self.dispatch.message(cx, Inbound { route: head.route, request, body })?)
    }
}

fn name(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Handshake => "handshake",
        PacketKind::HandshakeAck => "handshake ack",
        PacketKind::Heartbeat => "heartbeat",
        PacketKind::Data => "data",
        PacketKind::Kick => "kick",
    }
}
