//! The task of a connection, which owns the socket.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::codec::{Message, MessageKind, Packet, PacketDecoder, PacketKind, Route, zlib};
use crate::log::limited;
use crate::{Error, ErrorKind, OutboundKind, Result};

use super::CloseReason;
use super::close::End;
use super::handlers::Handlers;
use super::handshake::Handshake;
use super::io::{Event, Io};
use super::kick::Kick;
use super::pending::{Pending, Reply};
use super::pipeline::Opened;
use super::queue::QueueEnd;
use super::resume::Resume;
use super::transport::Transport;

/// The time in which a server has to read what was sent to it; then it counts as lost.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// The time that closing in good order may take.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The number of packets that are taken from the queue at once.
const BATCH: usize = 64;

/// The state that callers and the task share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) handshake: Handshake,
    pub(super) pipeline: Opened,
    pub(super) pending: Pending,
    pub(super) handlers: Handlers,
    /// The end, once the connection has ended.
    pub(super) ended: watch::Sender<Option<End>>,
    /// Notified when a caller wants the connection to end.
    pub(super) close: Notify,
}

pub(super) struct Connection<T> {
    pub(super) io: Io<T>,
    queue: QueueEnd,
    pub(super) shared: Arc<Shared>,
    decoder: PacketDecoder,
    /// The longest packet body, which holds for inflated ones too.
    pub(super) limit: usize,
    pub(super) clock: Clock,
    /// `None` when the session ends with the connection.
    pub(super) resume: Option<Box<Resume<T>>>,
    /// The end of the connection, which counts as lost if the task is dropped before its end is known.
    end: End,
}

impl<T: Transport> Connection<T> {
    pub(super) fn new(
        io: Io<T>,
        queue: QueueEnd,
        shared: Arc<Shared>,
        limit: usize,
        resume: Option<Resume<T>>,
    ) -> Self {
        let clock = Clock::new(shared.handshake.heartbeat);
        let decoder = PacketDecoder::new(limit);
        let resume = resume.map(Box::new);
        Self { io, queue, shared, decoder, limit, clock, resume, end: End::lost() }
    }

    pub(super) async fn run(mut self) {
        let mut is_away = false;
        loop {
            match self.serve().await {
                Ok(end) => {
                    tracing::debug!(?end, "connection closed");
                    self.end = end;
                    break;
                }
                Err(error) => {
                    tracing::debug!(error = %error.report(), "connection lost");
                    if matches!(error.kind(), ErrorKind::Protocol | ErrorKind::TooLarge) {
                        self.end = End::broken(error.report().to_string());
                        return self.give_up().await;
                    }
                }
            }
            match self.come_back().await {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(end) => {
                    self.end = end;
                    is_away = true;
                    break;
                }
            }
        }
        let until = Instant::now() + CLOSE_TIMEOUT;
        match self.end.reason {
            CloseReason::Lost | CloseReason::Broken { .. } => return,
            CloseReason::Kicked { .. } => self.finish(),
            CloseReason::Closed => {
                self.queue.close();
                if is_away && !self.come_back_to_leave(until).await {
                    return;
                }
                while let Some(queued) = self.queue.pop() {
                    self.io.push(queued);
                }
                self.say_goodbye();
            }
        }
        // The connection has ended: nobody can act on a close that failed.
        match timeout_at(until, self.io.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "goodbye failed"),
            Err(_) => tracing::debug!("goodbye was not answered within {CLOSE_TIMEOUT:?}"),
        }
    }

    /// Works until the connection ends in good order, or fails.
    async fn serve(&mut self) -> Result<End> {
        let mut batch = Vec::new();
        loop {
            while let Some(packet) = self.io.decode(self.decoder)? {
                if let Some(end) = self.receive(&packet)? {
                    return Ok(end);
                }
            }
            let wakeup = self.clock.wakeup(self.io.stuck());
            tokio::select! {
                event = poll_fn(|cx| self.io.poll(cx)) => self.socket(event?)?,
                taken = self.queue.pop_many(&mut batch, BATCH), if self.io.is_flushed() => {
                    if taken == 0 {
                        return Ok(End::closed());
                    }
                    batch.drain(..).for_each(|queued| self.send(queued));
                }
                () = self.shared.close.notified() => return Ok(End::closed()),
                () = sleep_until(wakeup) => self.tick().await?,
            }
        }
    }

    fn socket(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Read => {
                self.clock.heard = Instant::now();
                Ok(())
            }
            Event::Written => Ok(()),
            Event::Ended => Err(Error::new(ErrorKind::Closed, "connection closed by the server")),
        }
    }

    async fn tick(&mut self) -> Result<()> {
        self.shared.handlers.log().tell_left_out();
        let now = Instant::now();
        if self.clock.beat_due(now) && self.io.is_flushed() {
            self.beat()?;
        }
        if let Some(silence) = self.clock.expired(now, self.io.stuck()) {
            // A handler that took long may be why nothing was heard: the socket has the last word.
            let event = poll_fn(|cx| match self.io.poll(cx) {
                Poll::Ready(event) => Poll::Ready(Some(event)),
                Poll::Pending => Poll::Ready(None),
            });
            return match event.await {
                Some(event) => self.socket(event?),
                None => Err(Error::new(ErrorKind::Timeout, silence)),
            };
        }
        Ok(())
    }

    /// Takes one packet; returns the end when it was the last one.
    fn receive(&mut self, packet: &Packet) -> Result<Option<End>> {
        match packet.kind {
            PacketKind::Data => {
                self.message(&packet.body)?;
                self.count();
            }
            PacketKind::Heartbeat => {}
            PacketKind::Kick => return Ok(Some(End::kicked(Kick::read(&packet.body)))),
            PacketKind::Handshake | PacketKind::HandshakeAck => {
                tracing::debug!(kind = ?packet.kind, "packet ignored: the handshake is over");
            }
        }
        Ok(None)
    }

    fn message(&self, body: &Bytes) -> Result<()> {
        let Message { kind, id, route, compressed, error, body } = Message::decode(body)?;
        let body = if compressed {
            zlib::inflate(&body, self.limit).map_err(|source| {
                Error::with_source(ErrorKind::Protocol, "message could not be inflated", source)
            })?
        } else {
            body
        };
        match kind {
            MessageKind::Response => {
                if !self.shared.pending.resolve(id, Reply { error, body }) {
                    tracing::debug!(id, "reply dropped: nobody waits for it");
                }
            }
            MessageKind::Push => self.push(self.route(route)?, body),
            MessageKind::Request | MessageKind::Notify => {
                let text = format!("{kind:?} message from the server");
                return Err(Error::new(ErrorKind::Protocol, text));
            }
        }
        Ok(())
    }

    fn push(&self, route: &str, body: Bytes) {
        let Shared { pipeline, handlers, .. } = &*self.shared;
        match pipeline.inbound(OutboundKind::Push, route, body) {
            Ok(body) => handlers.call(route, &body),
            Err(error) => {
                limited!(handlers.log(), PushUndecoded, route, error = %error.report());
            }
        }
    }

    fn route<'a>(&'a self, route: Route<'a>) -> Result<&'a str> {
        match route {
            Route::Name(name) => Ok(name),
            Route::Code(code) => self.shared.handshake.dictionary.route(code).ok_or_else(|| {
                let text = format!("push with code {code}, which the dictionary does not have");
                Error::new(ErrorKind::Protocol, text)
            }),
            Route::None => Err(Error::new(ErrorKind::Protocol, "push without a route")),
        }
    }
}

impl<T> Connection<T> {
    /// Wakes all callers that wait, because the connection has ended.
    pub(super) fn finish(&mut self) {
        // Callers that come later fail at the queue, so none can wait after the clearing.
        self.queue.close();
        self.shared.ended.send_replace(Some(self.end.clone()));
        self.shared.pending.clear();
        self.shared.handlers.clear();
    }
}

impl<T> Drop for Connection<T> {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The times of the next heartbeats in both directions.
#[derive(Debug)]
pub(super) struct Clock {
    interval: Option<Duration>,
    beat: Instant,
    heard: Instant,
}

impl Clock {
    pub(super) fn new(interval: Option<Duration>) -> Self {
        let now = Instant::now();
        Self { interval, beat: now + interval.unwrap_or_default(), heard: now }
    }

    /// Returns the time at which a silent server counts as lost.
    fn deadline(&self) -> Option<Instant> {
        Some(self.heard + self.interval? * 3)
    }

    /// Returns the time at which the task has to look at the clock again.
    fn wakeup(&self, stuck: Option<Instant>) -> Instant {
        let beat = self.interval.map(|_| self.beat);
        let written = stuck.map(|since| since + WRITE_TIMEOUT);
        let next = [beat, self.deadline(), written].into_iter().flatten().min();
        next.unwrap_or_else(|| Instant::now() + WRITE_TIMEOUT)
    }

    /// Returns `true` if a heartbeat is to be sent, and sets the time of the next one.
    fn beat_due(&mut self, now: Instant) -> bool {
        let Some(interval) = self.interval.filter(|_| self.beat <= now) else {
            return false;
        };
        self.beat = now + interval;
        true
    }

    /// Returns the reason why the server counts as lost, if it does.
    fn expired(&self, now: Instant, stuck: Option<Instant>) -> Option<String> {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            let silence = now - self.heard;
            return Some(format!("nothing heard from the server for {silence:?}"));
        }
        (stuck? + WRITE_TIMEOUT <= now)
            .then(|| format!("nothing taken by the server for {WRITE_TIMEOUT:?}"))
    }
}
