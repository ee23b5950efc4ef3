//! The return of a client to its session, over another connection.

use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::codec::PacketKind;
use crate::{ErrorKind, Result};

use super::close::{End, jitter};
use super::connection::{CLOSE_TIMEOUT, Clock, Connection};
use super::handshake::handshake;
use super::io::Io;
use super::queue::Queued;
use super::transport::Transport;

/// The wait before the second attempt, beside the jitter. It doubles with each attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest such wait.
const LAST_PAUSE: Duration = Duration::from_secs(10);

impl<T: Transport> Connection<T> {
    /// Writes a message, and keeps it.
    pub(super) fn send(&mut self, queued: Queued) {
        if let Some(resume) = &mut self.resume {
            resume.sent.record(&queued.packet);
        }
        self.io.push(queued);
    }

    /// Counts a message that was taken in.
    pub(super) fn count(&mut self) {
        if let Some(resume) = &mut self.resume {
            resume.received += 1;
        }
    }

    /// Sends a heartbeat, which confirms what was taken in.
    pub(super) fn beat(&mut self) -> Result<()> {
        let received = self.resume.as_ref().map(|resume| resume.received.to_be_bytes());
        let body: &[u8] = received.as_ref().map_or(&[], |received| received);
        self.io.send(PacketKind::Heartbeat, body)
    }

    /// Tells a server that would wait for this client, or would not notice, that it does not come back.
    pub(super) fn say_goodbye(&mut self) {
        if self.says_goodbye() {
            // An empty packet fits.
            let _ = self.io.send(PacketKind::Kick, &[]);
        }
    }

    fn says_goodbye(&self) -> bool {
        self.resume.is_some() || self.io.needs_goodbye()
    }

    /// Ends the session, because the client cannot read what the server sends: with the session it would come again.
    pub(super) async fn give_up(&mut self) {
        self.finish();
        if self.says_goodbye() {
            self.say_goodbye();
            // The connection is of no more use, whether this works or not.
            let _ = timeout(CLOSE_TIMEOUT, self.io.close()).await;
        }
    }

    /// Goes on with the session over another connection, or breaks with its end.
    pub(super) async fn come_back(&mut self) -> ControlFlow<End> {
        let Some(resume) = &self.resume else { return ControlFlow::Break(End::lost()) };
        let until = Instant::now() + resume.offer.window;
        let mut pause = Duration::ZERO;
        loop {
            let wait = pause + jitter();
            if Instant::now() + wait >= until {
                return ControlFlow::Break(End::lost());
            }
            let shared = self.shared.clone();
            let attempt = async {
                sleep(wait).await;
                self.try_to_come_back().await
            };
            let attempted = tokio::select! {
                attempted = attempt => attempted,
                () = shared.close.notified() => return ControlFlow::Break(End::closed()),
            };
            match attempted {
                ControlFlow::Continue(true) => return ControlFlow::Continue(()),
                ControlFlow::Continue(false) => {}
                ControlFlow::Break(end) => return ControlFlow::Break(end),
            }
            pause = (pause * 2).clamp(FIRST_PAUSE, LAST_PAUSE);
        }
    }

    /// Comes back once to say goodbye, so that the server need not wait for the session's window; returns `false` if that
    /// fails.
    pub(super) async fn come_back_to_leave(&mut self, until: Instant) -> bool {
        let attempt = timeout_at(until, self.try_to_come_back()).await;
        matches!(attempt, Ok(ControlFlow::Continue(true)))
    }

    /// Tries once: true when the client is back, false when the server cannot be reached.
    async fn try_to_come_back(&mut self) -> ControlFlow<End, bool> {
        let (limit, lost) = (self.limit, ControlFlow::Break(End::lost()));
        let Some(resume) = &mut self.resume else { return lost };
        let mut request = resume.request.clone();
        request["sys"]["resume"] =
            json!({ "token": resume.offer.token, "received": resume.received });
        let opened = timeout(resume.handshake_timeout, async {
            let mut io = Io::new((resume.dial)().await?, limit);
            let reply = handshake(&mut io, &request).await?;
            Ok::<_, crate::Error>((io, reply))
        });
        let (mut io, reply) = match opened.await {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) => {
                tracing::debug!(error = %error.report(), "the way back fails");
                let is_final = matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Protocol);
                return if is_final { lost } else { ControlFlow::Continue(false) };
            }
            Err(_) => return ControlFlow::Continue(false),
        };
        let offer = reply
            .resume
            .filter(|offer| offer.received.is_some_and(|received| resume.sent.covers(received)));
        let Some(offer) = offer else {
            // The server has begun a new session, which nobody wants, or expects what is not kept.
            let _ = io.send(PacketKind::HandshakeAck, &[]);
            let _ = io.send(PacketKind::Kick, &[]);
            let _ = timeout(CLOSE_TIMEOUT, io.close()).await;
            tracing::debug!("the session is gone");
            return lost;
        };
        resume.sent.release(offer.received.unwrap_or(0));
        resume.offer = offer;
        // An empty packet fits.
        let _ = io.send(PacketKind::HandshakeAck, &[]);
        resume.sent.replay(|packet| io.push(Queued::own(Bytes::copy_from_slice(packet))));
        self.io = io;
        self.clock = Clock::new(reply.heartbeat);
        ControlFlow::Continue(true)
    }
}
