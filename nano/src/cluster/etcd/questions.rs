//! What etcd is asked for by many at the same time: keys, and changes of keys under conditions.

use tokio::sync::{mpsc, oneshot};

use crate::cluster::registry::RegistryError;
use crate::proto::etcd::{Compare, KeyValue, request_op};

/// The questions that wait for a transaction. Those beyond it wait with those who ask.
const WAITING: usize = 4096;

/// What can be asked together with others of its kind.
pub(super) trait Question: Clone {
    type Answer;

    /// The key that is changed, by at most one question of a transaction.
    fn changes(&self) -> Option<&[u8]>;
}

/// A key that is looked up.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) key: Vec<u8>,
}

impl Question for Read {
    type Answer = Option<KeyValue>;

    fn changes(&self) -> Option<&[u8]> {
        None
    }
}

/// The change of one key under a condition, with what goes with it.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) key: Vec<u8>,
    pub(super) condition: Compare,
    /// What is done if the condition holds.
    pub(super) then: Vec<request_op::Request>,
    /// What is done otherwise.
    pub(super) otherwise: Vec<request_op::Request>,
}

/// The outcome of a write.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Written {
    /// The condition held.
    Done,
    /// The condition did not hold: the key is as it was read, if it was.
    Found(Option<KeyValue>),
}

impl Question for Write {
    type Answer = Written;

    fn changes(&self) -> Option<&[u8]> {
        Some(&self.key)
    }
}

/// A question whose answer somebody waits for.
#[derive(Debug)]
pub(super) struct Asked<Q: Question> {
    pub(super) question: Q,
    pub(super) answer: oneshot::Sender<Result<Q::Answer, RegistryError>>,
}

/// The end of those who ask questions of one kind.
#[derive(Debug)]
pub(super) struct Questions<Q: Question>(mpsc::Sender<Asked<Q>>);

impl<Q: Question> Questions<Q> {
    /// The two ends of a queue of questions.
    pub(super) fn new() -> (Self, mpsc::Receiver<Asked<Q>>) {
        let (asked, inbox) = mpsc::channel(WAITING);
        (Self(asked), inbox)
    }

    /// Asks a question, together with others that are asked meanwhile.
    ///
    /// # Errors
    ///
    /// Those of etcd.
    pub(super) async fn ask(&self, question: Q) -> Result<Q::Answer, RegistryError> {
        let ended = || RegistryError::Away("this node asks etcd for nothing more".to_owned());
        let (answer, answered) = oneshot::channel();
        self.0.send(Asked { question, answer }).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

impl<Q: Question> Clone for Questions<Q> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
