//! The queue of one connection, filled from anywhere, emptied by the connection's task.

use std::task::{Context, Waker};

use super::packets::{Packet, Packets, Put};
use crate::net::batch::Batch;
use crate::net::settings::Outbound;
use crate::wire::class::Class;

#[derive(Debug)]
pub(super) struct Queue {
    packets: Packets,
    /// The messages since counting began.
    count: u32,
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
            packets: Packets::default(),
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
        self.packets.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of messages that were taken since [`count_anew`](Queue::count_anew).
    pub(super) fn count(&self) -> usize {
        self.count as usize
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
            self.packets.append(packet);
            self.notify();
        }
    }

    /// Takes the packet of a message, unless it has no room and none can be made.
    pub(super) fn put(&mut self, packet: Packet<'_>, class: Class, bounds: Outbound) -> Put {
        let put = self.packets.put(packet, class, bounds);
        // One that takes the place of others is no more than there was.
        if put == Put::Taken {
            self.count = self.count.saturating_add(1);
        }
        if put != Put::Full {
            self.notify();
        }
        put
    }

    /// Gives up what waits, and ends.
    pub(super) fn discard(&mut self) {
        self.packets = Packets::default();
        self.is_sealed = true;
    }

    /// Ends with `kick` in the place of all that waits.
    pub(super) fn overflow(&mut self, kick: Option<&[u8]>) {
        self.discard();
        self.packets.append(kick.unwrap_or_default());
        self.notify();
    }

    /// Ends with `kick` behind all that waits.
    pub(super) fn seal(&mut self, kick: Option<&[u8]>) {
        if !self.is_sealed() {
            self.is_sealed = true;
            self.packets.append(kick.unwrap_or_default());
            self.notify();
        }
    }

    pub(super) fn abort(&mut self) {
        self.is_aborted = true;
        self.notify();
    }

    /// Moves what waits to the connection, as much as one batch takes.
    pub(super) fn fill(&mut self, batch: &mut Batch) {
        self.packets.fill(batch);
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
