//! A client in memory: it sends one request, and counts what it is sent.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use hdrhistogram::Histogram;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::generator::{new_histogram, opening};

/// One in so many members measures the time between its pushes.
const SAMPLED: usize = 16;
/// The header of a packet.
const HEADER: usize = 4;
/// The flag of a push, in the first byte of a message.
const PUSH: u8 = 3 << 1;
/// The type of packets that carry messages.
const DATA: u8 = 4;

/// What all members have received.
pub(super) struct Audience {
    replies: AtomicUsize,
    pushes: AtomicU64,
    is_measuring: AtomicBool,
    gaps: Mutex<Histogram<u64>>,
}

impl Default for Audience {
    fn default() -> Self {
        Self {
            replies: AtomicUsize::new(0),
            pushes: AtomicU64::new(0),
            is_measuring: AtomicBool::new(false),
            gaps: Mutex::new(new_histogram()),
        }
    }
}

impl Audience {
    /// Returns the number of replies.
    pub(super) fn replies(&self) -> usize {
        self.replies.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self) {
        self.pushes.store(0, Ordering::Relaxed);
        self.is_measuring.store(true, Ordering::Relaxed);
    }

    /// Returns the number of pushes since the beginning, and the microseconds between those of single members.
    pub(super) fn end(&self) -> (u64, Histogram<u64>) {
        self.is_measuring.store(false, Ordering::Relaxed);
        let gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        (self.pushes.load(Ordering::Relaxed), gaps.clone())
    }
}

/// A client in memory.
pub(super) struct Member {
    audience: Arc<Audience>,
    /// What it says: handshake, ack, and the request.
    unsaid: Vec<u8>,
    is_sampled: bool,
    last: Option<Instant>,
    /// The header and the first byte of the packet that is being written, as far as they have come.
    head: Vec<u8>,
    /// The bytes of it that are still to come behind those.
    rest: usize,
}

impl Member {
    pub(super) fn new(index: usize, route: &str, audience: Arc<Audience>) -> Self {
        let (unsaid, is_sampled) = (opening(route), index.is_multiple_of(SAMPLED));
        Self { audience, unsaid, is_sampled, last: None, head: Vec::new(), rest: 0 }
    }

    fn take(&mut self, mut bytes: &[u8]) {
        while let Some((&byte, behind)) = bytes.split_first() {
            if self.rest > 0 {
                let skipped = self.rest.min(bytes.len());
                self.rest -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            self.head.push(byte);
            bytes = behind;
            let len = match self.head[..] {
                [_, a, b, c, ..] => usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c),
                _ => continue,
            };
            if self.head.len() == HEADER && len > 0 {
                continue;
            }
            if let [DATA, _, _, _, flag] = self.head[..] {
                self.message(flag);
            }
            self.head.clear();
            self.rest = len.saturating_sub(1);
        }
    }

    fn message(&mut self, flag: u8) {
        // The route may be a code, which is the lowest bit.
        if flag & 0x0e != PUSH {
            self.audience.replies.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.audience.pushes.fetch_add(1, Ordering::Relaxed);
        if !self.is_sampled || !self.audience.is_measuring.load(Ordering::Relaxed) {
            return;
        }
        let now = Instant::now();
        if let Some(last) = self.last.replace(now) {
            let gap = u64::try_from((now - last).as_micros()).unwrap_or(u64::MAX);
            let gaps = self.audience.gaps.lock();
            gaps.unwrap_or_else(PoisonError::into_inner).saturating_record(gap);
        }
    }
}

impl AsyncRead for Member {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.unsaid.is_empty() {
            // It says nothing more, and never goes away.
            return Poll::Pending;
        }
        let said = self.unsaid.len().min(out.remaining());
        out.put_slice(&self.unsaid[..said]);
        self.unsaid.drain(..said);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Member {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
