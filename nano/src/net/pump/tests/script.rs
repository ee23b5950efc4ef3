//! A transport that does what a test tells it to.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::BytesMut;
use tokio::time::{Sleep, sleep};

use crate::net::batch::Batch;
use crate::net::close_code::{CloseCode, Fault};
use crate::net::transport::{RecvError, Transport};

/// The outcome of one call of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Up to so many bytes pass.
    Bytes(usize),
    /// Nothing passes for so many milliseconds.
    Wait(u64),
    /// Nothing passes any more.
    Stuck,
    /// The peer has ended its side; of a write, it is refused.
    End,
    Broken,
    /// The peer broke the transport's protocol.
    Violation,
}

/// The steps of one direction. The last one is repeated for ever.
#[derive(Debug, Default)]
pub(super) struct Steps {
    steps: VecDeque<Step>,
    wait: Option<Pin<Box<Sleep>>>,
}

impl Steps {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect(), wait: None }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        loop {
            if let Some(wait) = &mut self.wait {
                std::task::ready!(wait.as_mut().poll(cx));
                self.wait = None;
            }
            let step = if self.steps.len() > 1 {
                self.steps.pop_front()
            } else {
                self.steps.front().copied()
            };
            match step.unwrap_or(Step::Stuck) {
                Step::Wait(millis) => {
                    self.wait = Some(Box::pin(sleep(Duration::from_millis(millis))))
                }
                Step::Stuck => return Poll::Pending,
                step => return Poll::Ready(step),
            }
        }
    }
}

/// The bytes that a peer was sent.
pub(super) type Sent = Arc<Mutex<Vec<u8>>>;

#[derive(Debug)]
pub(super) struct Script {
    pub(super) input: VecDeque<u8>,
    pub(super) reads: Steps,
    pub(super) writes: Steps,
    pub(super) finish: Steps,
    pub(super) sent: Sent,
    /// The bytes that `poll_send` was handed and the peer has not taken.
    pub(super) held: VecDeque<u8>,
    pub(super) is_finished: bool,
}

impl Transport for Script {
    const NAME: &'static str = "script";

    fn poll_recv(
        &mut self,
        cx: &mut Context<'_>,
        inbound: &mut BytesMut,
    ) -> Poll<Result<bool, RecvError>> {
        Poll::Ready(match std::task::ready!(self.reads.poll_next(cx)) {
            Step::Bytes(most) if !self.input.is_empty() => {
                let len = most.clamp(1, self.input.len());
                inbound.extend(self.input.drain(..len));
                Ok(true)
            }
            Step::Bytes(_) => return Poll::Pending,
            Step::Violation => Err(RecvError::Protocol(Fault::protocol("scripted"))),
            Step::Broken => Err(RecvError::Io(io::ErrorKind::ConnectionReset.into())),
            _ => Ok(false),
        })
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>> {
        assert!(batch.is_empty() || !self.is_finished, "sent after the end");
        batch.drain(|packets| self.held.extend(packets));
        while !self.held.is_empty() {
            let Step::Bytes(most) = std::task::ready!(self.writes.poll_next(cx)) else {
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            };
            let len = most.clamp(1, self.held.len());
            self.sent.lock().expect("no panic").extend(self.held.drain(..len));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>, _: CloseCode, _: &str) -> Poll<io::Result<()>> {
        self.is_finished = true;
        Poll::Ready(match std::task::ready!(self.finish.poll_next(cx)) {
            Step::Bytes(_) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        })
    }
}
