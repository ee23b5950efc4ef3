//! Writes under conditions, which wait to be made together.

use tokio::sync::{mpsc, oneshot};

use crate::cluster::registry::RegistryError;
use crate::proto::etcd::{Compare, KeyValue, request_op};

/// The writes that wait for a transaction. Those beyond it wait with those who ask for them.
const WAITING: usize = 4096;

/// The change of one key under a condition.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) key: Vec<u8>,
    pub(super) condition: Compare,
    pub(super) change: request_op::Request,
}

/// The outcome of a write.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Written {
    /// The condition held, and the key is changed.
    Done,
    /// The condition did not hold: the key is as it was found.
    Found(Option<KeyValue>),
}

/// A write that somebody waits for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) write: Write,
    pub(super) answer: oneshot::Sender<Result<Written, RegistryError>>,
}

/// The end of those who ask for writes.
#[derive(Clone, Debug)]
pub(super) struct Writes(mpsc::Sender<Asked>);

impl Writes {
    /// The two ends of a queue of writes.
    pub(super) fn new() -> (Self, mpsc::Receiver<Asked>) {
        let (asked, inbox) = mpsc::channel(WAITING);
        (Self(asked), inbox)
    }

    /// Makes a write, together with others that are asked for meanwhile.
    ///
    /// # Errors
    ///
    /// Those of etcd.
    pub(super) async fn make(&self, write: Write) -> Result<Written, RegistryError> {
        let ended = || RegistryError::Away("this node asks etcd for nothing more".to_owned());
        let (answer, answered) = oneshot::channel();
        self.0.send(Asked { write, answer }).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}
