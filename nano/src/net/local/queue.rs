//! The packets that wait for one connection, filled from anywhere, emptied by the connection's task.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use bytes::{Bytes, BytesMut};

use crate::net::batch::{self, Batch};

/// The length from which on copied packets become a segment, so that a long queue is handed over in
/// batches, and grows without moving what waits already.
pub(super) const SEGMENT: usize = 16 * 1024;

/// The first room for copied packets: that of a burst of pushes, which would grow it in many steps.
const FIRST: usize = 1024;

#[derive(Debug)]
pub(super) struct Queue {
    /// Created by the first packet that needs one: most links never have a long queue.
    #[allow(
        clippy::box_collection,
        reason = "a pointer is a quarter of the deque, for each connection"
    )]
    segments: Option<Box<VecDeque<Bytes>>>,
    tail: BytesMut,
    len: usize,
    /// The messages since counting began.
    count: usize,
    /// Nothing more is taken: the last packet, if any, is the kick.
    is_sealed: bool,
    /// Handlers are waited for no longer. They may outlive the queue.
    is_aborted: bool,
    task: Task,
    waker: Option<Waker>,
}

/// The connection's task, as far as waking it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Asleep,
    /// It runs and will look before it sleeps: no need to wake it.
    Awake,
    /// It runs, and something happened since it looked.
    Behind,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            segments: None,
            tail: BytesMut::new(),
            len: 0,
            count: 0,
            is_sealed: false,
            is_aborted: false,
            // The first poll is on its way.
            task: Task::Awake,
            waker: None,
        }
    }
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the number of messages that were taken since [`count_anew`](Queue::count_anew).
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn count_anew(&mut self) {
        self.count = 0;
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.is_aborted
    }

    /// Takes a packet of the protocol itself, which has no limit: there are few.
    pub(super) fn control(&mut self, packet: &[u8]) {
        if !self.is_sealed() {
            self.copy(packet);
        }
    }

    pub(super) fn copy(&mut self, packet: &[u8]) {
        self.count = self.count.wrapping_add(1);
        self.append(packet);
        self.notify();
    }

    /// Takes a packet whose memory other sessions share.
    pub(super) fn share(&mut self, packet: &Bytes) {
        self.count = self.count.wrapping_add(1);
        if packet.len() <= batch::INLINE {
            self.append(packet);
        } else {
            if !self.tail.is_empty() {
                self.cut();
            }
            self.len += packet.len();
            self.segments.get_or_insert_default().push_back(packet.clone());
        }
        self.notify();
    }

    fn append(&mut self, packet: &[u8]) {
        if self.tail.len() >= SEGMENT {
            self.cut();
        }
        if self.tail.capacity() == 0 {
            self.tail.reserve(FIRST);
        }
        self.tail.extend_from_slice(packet);
        self.len += packet.len();
    }

    /// Makes a segment of the copied packets.
    fn cut(&mut self) {
        let segment = std::mem::take(&mut self.tail).freeze();
        self.segments.get_or_insert_default().push_back(segment);
    }

    /// Gives up what waits, and ends.
    pub(super) fn discard(&mut self) {
        self.segments = None;
        self.tail = BytesMut::new();
        self.len = 0;
        self.is_sealed = true;
    }

    /// Ends with `kick` in the place of all that waits.
    pub(super) fn overflow(&mut self, kick: Option<&[u8]>) {
        self.discard();
        self.append(kick.unwrap_or_default());
        self.notify();
    }

    /// Ends with `kick` behind all that waits.
    pub(super) fn seal(&mut self, kick: Option<&[u8]>) {
        if !self.is_sealed() {
            self.is_sealed = true;
            self.append(kick.unwrap_or_default());
            self.notify();
        }
    }

    pub(super) fn abort(&mut self) {
        self.is_aborted = true;
        self.notify();
    }

    /// Moves what waits to the connection, as much as one batch takes.
    pub(super) fn fill(&mut self, batch: &mut Batch) {
        while !batch.is_full() {
            let len = match self.segments.as_mut().and_then(|segments| segments.pop_front()) {
                Some(segment) => batch.push(segment),
                None if self.tail.is_empty() => break,
                None => {
                    let len = batch.append(&self.tail);
                    // An idle connection holds no buffer.
                    self.tail = BytesMut::new();
                    len
                }
            };
            self.len -= len;
        }
    }

    /// The task has taken notice of everything.
    pub(super) fn looked(&mut self) {
        self.task = Task::Awake;
    }

    /// Lets the task sleep, unless something happened since it looked.
    pub(super) fn sleep(&mut self, cx: &Context<'_>) -> bool {
        if self.task == Task::Behind {
            return false;
        }
        self.task = Task::Asleep;
        match &mut self.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => self.waker = Some(cx.waker().clone()),
        }
        true
    }

    /// `true` if something happened since the task looked.
    pub(super) fn is_behind(&self) -> bool {
        self.task == Task::Behind
    }

    /// Tells the task that something happened.
    pub(super) fn notify(&mut self) {
        let asleep = self.task == Task::Asleep;
        self.task = Task::Behind;
        if asleep && let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}
