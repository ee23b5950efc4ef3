//! The frames that wait for a peer, bounded in bytes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures_util::Stream;
use prost::Message;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::frames::{Answer, Failure, Frame, Kind};
use crate::{Error, ErrorKind};

/// The bytes that may wait for one peer. What must not be lost may exceed it, up to [`HARD`].
pub(super) const LIMIT: usize = 8 * 1024 * 1024;

/// The bytes that may wait for all peers together. What must not be lost may exceed it.
const TOTAL: usize = 256 * 1024 * 1024;

/// The bytes at which a link is given up: its peer does not read.
const HARD: usize = 4 * LIMIT;

/// The largest frame beside the body of a message and the data of its session: a manifest of many routes.
pub(super) const LARGEST_HEAD: usize = 4 * 1024 * 1024;

/// The memory of a frame beside its bytes.
const OVERHEAD: usize = 64;

/// The end of a queue that takes frames.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    sender: mpsc::UnboundedSender<(Frame, usize)>,
    waiting: Arc<AtomicUsize>,
    total: Total,
    /// The bytes of the largest frame that the peer takes.
    largest: Arc<AtomicUsize>,
    /// Cancelled when the link is to end.
    end: CancellationToken,
    /// Cancelled when nothing more is added.
    closed: CancellationToken,
}

/// The bytes that wait for all peers of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Total(Arc<AtomicUsize>);

impl Total {
    pub(super) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// The end of a queue that gives frames.
pub(super) struct Outlet {
    receiver: mpsc::UnboundedReceiver<(Frame, usize)>,
    waiting: Arc<AtomicUsize>,
    total: Total,
    /// Sessions that have ended may be held for long, and with them the other end.
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
}

/// The reason why a frame is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsent {
    /// The peer takes no more for now, or the link has ended.
    Full,
    /// The peer takes no frame of so many bytes.
    TooLarge { bytes: usize, limit: usize },
}

impl Unsent {
    /// Not an `impl From`: the compiler would show it to users, among the conversions into an [`Error`].
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Full => Error::new(ErrorKind::Unavailable, "too much waits for the node"),
            Self::TooLarge { bytes, limit } => {
                let text = format!("the message has {bytes} bytes, and the node takes {limit}");
                Error::new(ErrorKind::BodyTooLarge, text)
            }
        }
    }
}

pub(super) fn queue(end: CancellationToken, total: Total) -> (Queue, Outlet) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let closed = CancellationToken::new();
    let outlet = Outlet {
        receiver,
        waiting: waiting.clone(),
        total: total.clone(),
        closed: Box::pin(closed.clone().cancelled_owned()),
    };
    let largest = Arc::new(AtomicUsize::new(usize::MAX));
    (Queue { sender, waiting, total, largest, end, closed }, outlet)
}

impl Queue {
    /// Notes the largest frame that the peer takes. A larger one would break the link.
    pub(super) fn takes(&self, largest: usize) {
        self.largest.store(largest, Ordering::Relaxed);
    }

    /// Adds a frame, if there is room.
    ///
    /// # Errors
    ///
    /// [`Unsent`] when there is none, the link has ended, or the peer takes none that is as large; the frame is lost.
    pub(super) fn offer(&self, kind: Kind) -> Result<(), Unsent> {
        self.add(kind.into(), LIMIT, TOTAL)
    }

    /// Adds a frame that must not be left out. A peer that lets too many of them wait loses the link. An answer that is too
    /// large for it becomes an error.
    pub(super) fn put(&self, kind: Kind) {
        let answer = match &kind {
            Kind::Answer(answer) => Some((answer.id, answer.done)),
            _ => None,
        };
        let put = |kind: Kind| self.add(kind.into(), HARD, usize::MAX);
        let put = match (put(kind), answer) {
            (Err(unsent @ Unsent::TooLarge { .. }), Some((id, done))) => {
                let failure = Failure::of_error(&unsent.into_error());
                put(Kind::Answer(Answer { done, ..Answer::new(id, Err(failure)) }))
            }
            (put, _) => put,
        };
        if put.is_err() {
            self.end.cancel();
        }
    }

    /// The bytes that wait.
    #[cfg(any(test, feature = "admin"))]
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Lets what waits be the last.
    pub(super) fn close(&self) {
        self.closed.cancel();
    }

    fn add(&self, frame: Frame, limit: usize, total: usize) -> Result<(), Unsent> {
        let (bytes, largest) = (frame.encoded_len(), self.largest.load(Ordering::Relaxed));
        if bytes > largest {
            return Err(Unsent::TooLarge { bytes, limit: largest });
        }
        let size = bytes + OVERHEAD;
        let before = self.waiting.fetch_add(size, Ordering::Relaxed);
        let before_in_all = self.total.0.fetch_add(size, Ordering::Relaxed);
        let fits = before + size <= limit && before_in_all.saturating_add(size) <= total;
        if !fits || self.sender.send((frame, size)).is_err() {
            self.waiting.fetch_sub(size, Ordering::Relaxed);
            self.total.0.fetch_sub(size, Ordering::Relaxed);
            return Err(Unsent::Full);
        }
        Ok(())
    }
}

impl Outlet {
    fn took(&self, size: usize) {
        self.waiting.fetch_sub(size, Ordering::Relaxed);
        self.total.0.fetch_sub(size, Ordering::Relaxed);
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        // What waits is lost with the link, and must not count for the others.
        self.receiver.close();
        while let Ok((_, size)) = self.receiver.try_recv() {
            self.took(size);
        }
    }
}

impl Stream for Outlet {
    type Item = Frame;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Frame>> {
        let next = self.receiver.poll_recv(cx);
        match &next {
            Poll::Ready(Some((_, size))) => self.took(*size),
            Poll::Pending if self.closed.as_mut().poll(cx).is_ready() => return Poll::Ready(None),
            _ => {}
        }
        next.map(|next| next.map(|(frame, _)| frame))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::StreamExt;

    use super::super::frames::{Done, Push};
    use super::*;

    #[tokio::test]
    async fn a_peer_that_does_not_read_loses_pushes_first_and_its_link_at_last() {
        let end = CancellationToken::new();
        let (queue, mut outlet) = queue(end.clone(), Total::default());
        let push = || {
            let body = Bytes::from_static(&[7; 1024 * 1024]);
            Kind::Push(Push { body, ..Push::default() })
        };
        let taken = (0..20).take_while(|_| queue.offer(push()).is_ok()).count();
        assert_eq!(taken, 7, "seven of them and their overhead fit into eight MiB");
        queue.put(Kind::Done(Done { id: 1 }));
        assert!(!end.is_cancelled(), "what must not be lost fits still");

        for _ in 0..taken {
            outlet.next().await.expect("a push");
        }
        let last = outlet.next().await.and_then(|frame| frame.kind);
        assert_eq!(last, Some(Kind::Done(Done { id: 1 })), "the order is kept");
        assert_eq!(queue.waiting(), 0, "what has left counts no more");
        assert_eq!(queue.offer(push()), Ok(()));

        for _ in 0..32 {
            queue.put(push());
        }
        assert!(end.is_cancelled());
        queue.close();
        assert_eq!(outlet.count().await, 31, "what waits leaves, and that is all");
    }

    #[tokio::test]
    async fn what_a_peer_does_not_take_is_not_sent() {
        let end = CancellationToken::new();
        let (queue, mut outlet) = queue(end.clone(), Total::default());
        queue.takes(1000);
        let body = Bytes::from_static(&[7; 2000]);
        let unsent = queue.offer(Kind::Push(Push { body: body.clone(), ..Push::default() }));
        assert!(matches!(unsent, Err(Unsent::TooLarge { limit: 1000, .. })), "{unsent:?}");
        let answer = Answer::new(7, Ok((crate::wire::outgoing::Content::Value, body)));
        queue.put(Kind::Answer(Answer { done: true, ..answer }));
        let Some(Kind::Answer(answer)) = outlet.next().await.and_then(|frame| frame.kind) else {
            panic!("an answer")
        };
        assert!(answer.done && answer.id == 7);
        assert_eq!(answer.outcome().expect_err("an error").code, "too_large");
        assert!(!end.is_cancelled(), "the link goes on");
        assert_eq!(queue.waiting(), 0);
    }

    #[tokio::test]
    async fn many_peers_that_do_not_read_share_a_bound() {
        let total = Total::default();
        let open = || queue(CancellationToken::new(), total.clone());
        let push = || {
            let body = Bytes::from_static(&[7; 1024 * 1024]);
            Kind::Push(Push { body, ..Push::default() })
        };
        let mut links: Vec<_> = (0..40).map(|_| open()).collect();
        let mut taken = 0;
        for (queue, _) in &links {
            taken += (0..8).take_while(|_| queue.offer(push()).is_ok()).count();
        }
        assert_eq!(taken, 255, "256 MiB with their overhead, and not 280");
        let (fresh, _outlet) = open();
        assert_eq!(fresh.offer(push()), Err(Unsent::Full));
        fresh.put(push());
        links.truncate(20);
        assert_eq!(fresh.offer(push()), Ok(()), "what was lost with a link counts no more");
        links.clear();
        drop((fresh, _outlet));
        assert_eq!(total.0.load(Ordering::Relaxed), 0);
    }
}
