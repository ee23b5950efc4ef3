//! What a client sends: packets in the phase that allows them, messages to their handlers.

use std::num::NonZeroU64;
use std::sync::atomic::Ordering;
use std::task::Context;

use bytes::Bytes;

use super::super::handshake::{self, Hello};
use super::{Connection, Phase, Transport};
use crate::codec::{Message, MessageKind, Packet, PacketDecoder, PacketKind, Route, text, zlib};
use crate::component::{Incoming, SessionEvent};
use crate::session::CloseReason;
use crate::{Error, ErrorKind};

/// How many `#[handler(concurrent)]` calls one session may have running; the next waits.
const CONCURRENT: usize = 64;

const HTTP_HINT: &str = "; this looks like HTTP, for which there are WebSocket listeners";

impl<T: Transport> Connection<T> {
    /// Handles the packets that are complete, one after another. True when anything happened.
    pub(super) fn handle_inbound(&mut self, cx: &mut Context<'_>, budget: &mut usize) -> bool {
        let mut progress = false;
        while *budget > 0 && self.running.is_none() && (self.closing.is_none() || self.abandoned) {
            if self.session.take_bound() {
                self.start_hooks(cx, SessionEvent::Bound);
                progress = true;
                continue;
            }
            if self.session.concurrent().load(Ordering::Acquire) >= CONCURRENT {
                return progress;
            }
            match self.decoder().decode(&mut self.inbound) {
                Ok(Some(packet)) => {
                    *budget -= 1;
                    progress = true;
                    self.session.seen();
                    self.handle_packet(cx, packet);
                }
                Ok(None) if self.read_ended => {
                    self.close(CloseReason::Disconnected);
                    return true;
                }
                Ok(None) => return progress,
                Err(error) => {
                    let hint = if self.looks_like_http() { HTTP_HINT } else { "" };
                    self.violation(&format!("{error}{hint}"));
                    return true;
                }
            }
            // A handler may have closed its session.
            if self.session.is_closed() {
                self.look();
            }
        }
        progress
    }

    fn decoder(&self) -> PacketDecoder {
        let limit = self.core.config.packet_limit;
        PacketDecoder::new(match self.phase {
            Phase::Working => limit,
            _ => limit.min(handshake::LIMIT),
        })
    }

    /// A browser, or a client of a WebSocket, on a port for plain TCP.
    fn looks_like_http(&self) -> bool {
        let methods = [&b"GET "[..], b"POST", b"HEAD", b"PUT ", b"OPTI"];
        self.phase == Phase::Start && methods.iter().any(|method| self.inbound.starts_with(method))
    }

    fn violation(&mut self, detail: &str) {
        tracing::debug!(session = %self.session.id(), detail, "a client broke the protocol");
        self.close(CloseReason::Protocol(detail.into()));
    }

    fn handle_packet(&mut self, cx: &mut Context<'_>, packet: Packet) {
        match (self.phase, packet.kind) {
            (Phase::Start, PacketKind::Handshake) => self.handshake(&packet.body),
            (Phase::WaitAck, PacketKind::HandshakeAck) => {
                self.phase = Phase::Working;
                self.deadline.clear();
                self.session.start_heartbeat();
                let (session, peer) = (self.session.id(), self.session.remote_addr());
                tracing::debug!(%session, ?peer, "a session opened");
                self.start_hooks(cx, SessionEvent::Opened);
            }
            (Phase::Working, PacketKind::Heartbeat) => {}
            (Phase::Working, PacketKind::Data) => self.handle_data(cx, &packet.body),
            (phase, kind) => {
                let expected = match phase {
                    Phase::Start => "a handshake",
                    Phase::WaitAck => "the handshake's ack",
                    Phase::Working => "data or a heartbeat",
                };
                self.violation(&format!("expected {expected}, got a {} packet", name(kind)));
            }
        }
    }

    fn handshake(&mut self, body: &[u8]) {
        match Hello::parse(body) {
            Ok(hello) => {
                self.session.set_dialect(hello.dialect);
                self.session.outbound().handshake(&hello.accept(&self.core));
                self.phase = Phase::WaitAck;
            }
            Err(unreadable) => {
                let detail = &unreadable.detail;
                tracing::debug!(session = %self.session.id(), detail, "a handshake was refused");
                self.session.outbound().handshake(&unreadable.refuse());
                self.close(CloseReason::HandshakeRefused);
            }
        }
    }

    fn handle_data(&mut self, cx: &mut Context<'_>, body: &Bytes) {
        let message = match Message::decode(body) {
            Ok(message) => message,
            Err(error) => return self.violation(&error.to_string()),
        };
        let request = match message.kind {
            // Nothing could answer id 0.
            MessageKind::Request => NonZeroU64::new(message.id),
            MessageKind::Notify => None,
            MessageKind::Response | MessageKind::Push => {
                return self.violation("a client sends requests and notifies only");
            }
        };
        let index = match message.route {
            Route::Name(name) => match self.core.routes.by_name(name) {
                Some(index) => index,
                None => return self.not_found(name, request),
            },
            Route::Code(code) => match self.core.routes.by_code(code) {
                Some(Ok(index)) => index,
                Some(Err(push)) => return self.not_found(push, request),
                None => return self.violation(&format!("unknown route code {code}")),
            },
            Route::None => return self.violation("a message without a route"),
        };
        let Some(handler) = self.core.routes.get(index) else { return };
        let (route, concurrent) = (handler.info.name(), handler.info.is_concurrent());
        match self.body(message) {
            Ok(body) => {
                if concurrent {
                    let message = Incoming::new(self.session.clone(), route, request, body);
                    self.spawn_handler(index, message);
                } else {
                    self.start_handler(cx, index, request, body);
                }
            }
            Err(error) => self.refuse(route, request, &error),
        }
    }

    /// The body as the serializer expects it.
    fn body(&self, message: Message<'_>) -> Result<Bytes, Error> {
        let body = if message.compressed {
            zlib::inflate(&message.body, self.core.config.packet_limit).map_err(|error| {
                Error::with_source(ErrorKind::Decode, "body does not inflate", error)
            })?
        } else {
            message.body
        };
        if self.core.json && self.session.dialect().cesu {
            return Ok(text::repair_surrogates(&body).map_or(body, Bytes::from));
        }
        Ok(body)
    }

    fn not_found(&self, route: &str, request: Option<NonZeroU64>) {
        // A peer's text ends up in a reply and a log: not all of it, and no control characters.
        let shown: String = route.chars().take(64).flat_map(char::escape_default).collect();
        let error = Error::new(ErrorKind::NotFound, format!("no route `{shown}`"));
        self.refuse(&shown, request, &error);
    }

    fn refuse(&self, route: &str, request: Option<NonZeroU64>, error: &Error) {
        match request {
            Some(id) => self.session.respond_error(id, route, error),
            None => self.session.log_failure(route, error),
        }
    }

    /// Answers the requests that have come and will not be handled.
    pub(super) fn refuse_inbound(&mut self, error: &Error) {
        if self.phase != Phase::Working {
            return;
        }
        let decoder = self.decoder();
        while let Ok(Some(packet)) = decoder.decode(&mut self.inbound) {
            if packet.kind != PacketKind::Data {
                continue;
            }
            let Ok(message) = Message::decode(&packet.body) else { return };
            if message.kind == MessageKind::Request {
                self.refuse("(not started)", NonZeroU64::new(message.id), error);
            }
        }
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
