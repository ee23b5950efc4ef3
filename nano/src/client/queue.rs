//! The queue of packets to write: bounded in bytes, so that a slow server slows its callers down.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::{Error, ErrorKind, Result};

/// The number of bytes that may be queued; then callers wait.
const CAPACITY: usize = 256 * 1024;

/// The number of packets that may be queued: small ones cost more than their bytes.
const SLOTS: usize = 1024;

/// A packet to write. Dropping it frees its room in the queue.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) packet: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl Queued {
    /// A packet of the connection itself, which takes no room from callers.
    pub(super) fn own(packet: Bytes) -> Self {
        Self { packet, _room: None }
    }
}

/// The callers' end.
#[derive(Debug)]
pub(super) struct Queue {
    packets: mpsc::Sender<Queued>,
    room: Arc<Semaphore>,
}

/// The connection's end; callers fail once it is closed or dropped.
#[derive(Debug)]
pub(super) struct QueueEnd {
    packets: mpsc::Receiver<Queued>,
    room: Arc<Semaphore>,
}

pub(super) fn queue() -> (Queue, QueueEnd) {
    let (sender, receiver) = mpsc::channel(SLOTS);
    let room = Arc::new(Semaphore::new(CAPACITY));
    (Queue { packets: sender, room: room.clone() }, QueueEnd { packets: receiver, room })
}

impl Queue {
    /// Waits for room, in turn with the other callers.
    pub(super) async fn push(&self, packet: Bytes) -> Result<()> {
        // A packet larger than the whole queue waits until it has the queue for itself.
        let bytes = packet.len().min(CAPACITY);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let room = self.room.clone().acquire_many_owned(bytes).await.map_err(|_| closed())?;
        let queued = Queued { packet, _room: Some(room) };
        self.packets.send(queued).await.map_err(|_| closed())
    }
}

impl QueueEnd {
    /// Waits for packets; returns 0 when no caller is left.
    pub(super) async fn pop_many(&mut self, packets: &mut Vec<Queued>, limit: usize) -> usize {
        self.packets.recv_many(packets, limit).await
    }

    /// Takes a packet that waits already.
    pub(super) fn pop(&mut self) -> Option<Queued> {
        self.packets.try_recv().ok()
    }

    /// Turns callers away from now on; what they pushed before can still be popped.
    pub(super) fn close(&mut self) {
        self.packets.close();
        self.room.close();
    }
}

impl Drop for QueueEnd {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "connection is closed")
}
