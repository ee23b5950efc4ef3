//! The registry of a node whose master is another one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use rustc_hash::FxHashMap;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::Streaming;

use super::messages::{
    Ask, Gone, Join, LARGEST_ASK, LARGEST_TOLD, Leave, Record, Renew, State, Told, Update, ask,
    registry_client, told,
};
use crate::cluster::protocol::PROTOCOLS;
use crate::cluster::registry::{Asked, Registry, RegistryError, View};
use crate::cluster::sockets::{CONNECT, channel};
use crate::{Node, NodeState};

/// The time for an answer of the master: it thinks about nothing but who may join.
const PATIENCE: Duration = Duration::from_secs(3);

/// The messages that wait for the master.
const WAITING: usize = 16;

type Outcome = Result<u32, RegistryError>;

/// The master on another node, and the stream to it.
#[derive(Debug)]
pub(in crate::cluster) struct Away {
    address: String,
    /// The name of the cluster.
    cluster: String,
    views: watch::Sender<View>,
    /// This node, since it joined.
    joined: Mutex<Option<Node>>,
    /// Whoever needs it while there is none makes it.
    stream: tokio::sync::Mutex<Option<Attendance>>,
}

/// A stream that has joined. It ends when this is dropped.
#[derive(Clone, Debug)]
struct Attendance {
    asks: mpsc::Sender<Ask>,
    open: Arc<Mutex<Open>>,
    end: CancellationToken,
    _ends: Arc<DropGuard>,
}

/// What was asked and not answered yet.
#[derive(Debug, Default)]
struct Open {
    last: u64,
    is_over: bool,
    waiting: FxHashMap<u64, oneshot::Sender<Outcome>>,
}

impl Away {
    pub(in crate::cluster) fn new(address: String, cluster: String) -> Self {
        let (joined, stream) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { address, cluster, views: watch::Sender::default(), joined, stream }
    }

    fn joined(&self) -> MutexGuard<'_, Option<Node>> {
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the master, which knows this node, or gets to know it again.
    async fn ask(&self, kind: ask::Kind) -> Outcome {
        let mut stream = self.stream.lock().await;
        let attendance = match stream.take().filter(|attendance| !attendance.open().is_over) {
            Some(attendance) => attendance,
            None => {
                let node = self.joined().clone().ok_or(RegistryError::Gone)?;
                self.attend(&node, 0).await?.1
            }
        };
        *stream = Some(attendance.clone());
        drop(stream);
        timeout(PATIENCE, attendance.ask(kind)).await.unwrap_or_else(|_| {
            // The next one makes a new stream.
            attendance.end.cancel();
            attendance.open().is_over = true;
            Err(RegistryError::Away(format!("{} does not answer", self.address)))
        })
    }

    /// Connects and joins. Returns the number, and the stream.
    async fn attend(&self, node: &Node, highest: u32) -> Result<(u32, Attendance), RegistryError> {
        let opened = timeout(CONNECT, self.open()).await.unwrap_or_else(|_| {
            Err(RegistryError::Away(format!("{} does not answer", self.address)))
        });
        let attendance = opened?;
        let join = Join {
            protocol_min: *PROTOCOLS.start(),
            protocol_max: *PROTOCOLS.end(),
            cluster: self.cluster.clone(),
            node: Some(Record::of(node)),
            highest: highest.max(self.views.borrow().highest()),
        };
        let number = attendance.ask(ask::Kind::Join(join)).await?;
        *self.joined() = Some(node.clone().with_number(number));
        Ok((number, attendance))
    }

    async fn open(&self) -> Result<Attendance, RegistryError> {
        let away = |error: &dyn std::fmt::Display| {
            RegistryError::Away(format!("{} cannot be connected to: {error}", self.address))
        };
        let channel = channel(&self.address).await.map_err(|error| away(&error))?;
        let mut client = registry_client::RegistryClient::new(channel)
            .max_encoding_message_size(LARGEST_ASK)
            .max_decoding_message_size(LARGEST_TOLD);
        let (asks, mut asked) = mpsc::channel(WAITING);
        let asked = stream::poll_fn(move |cx| asked.poll_recv(cx));
        let answer = client.attend(asked).await.map_err(|error| away(&error))?;
        let (open, end) = (Arc::<Mutex<Open>>::default(), CancellationToken::new());
        tokio::spawn(read(answer.into_inner(), open.clone(), self.views.clone(), end.clone()));
        let _ends = Arc::new(end.clone().drop_guard());
        Ok(Attendance { asks, open, end, _ends })
    }
}

/// Reads what the master tells, until the stream ends.
async fn read(
    told: Streaming<Told>,
    open: Arc<Mutex<Open>>,
    views: watch::Sender<View>,
    end: CancellationToken,
) {
    let mut told = told.take_until(end.cancelled_owned()).boxed();
    while let Some(Ok(told)) = told.next().await {
        match told.kind {
            Some(told::Kind::Answer(answer)) => {
                let id = answer.id;
                let waits = lock(&open).waiting.remove(&id);
                // Nobody waits for it any more.
                let _ = waits.map(|waits| waits.send(answer.outcome()));
            }
            Some(told::Kind::View(view)) => match view.into_view() {
                Some(view) => drop(views.send_if_modified(|last| {
                    let is_later = view.revision() > last.revision();
                    if is_later {
                        *last = view;
                    }
                    is_later
                })),
                None => tracing::debug!("a view of the master makes no sense"),
            },
            // Of a later protocol.
            None => {}
        }
    }
    let mut open = lock(&open);
    open.is_over = true;
    open.waiting.clear();
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Attendance {
    fn open(&self) -> MutexGuard<'_, Open> {
        lock(&self.open)
    }

    async fn ask(&self, kind: ask::Kind) -> Outcome {
        let lost = || RegistryError::Away("the stream to the master ended".to_owned());
        let (answer, answered) = oneshot::channel();
        let waiting = {
            let mut open = self.open();
            if open.is_over {
                return Err(lost());
            }
            open.last += 1;
            let id = open.last;
            open.waiting.insert(id, answer);
            Waiting { open: &self.open, id }
        };
        let ask = Ask { id: waiting.id, kind: Some(kind) };
        self.asks.send(ask).await.map_err(|_| lost())?;
        answered.await.map_err(|_| lost())?
    }
}

/// What was asked, forgotten when this is dropped.
struct Waiting<'a> {
    open: &'a Mutex<Open>,
    id: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        lock(self.open).waiting.remove(&self.id);
    }
}

impl Registry for Away {
    fn join<'a>(&'a self, node: &'a Node, highest: u32) -> Asked<'a, u32> {
        Box::pin(async move {
            let mut stream = self.stream.lock().await;
            *stream = None;
            let (number, attendance) = self.attend(node, highest).await?;
            *stream = Some(attendance);
            Ok(number)
        })
    }

    fn renew(&self, _: u32) -> Asked<'_, ()> {
        Box::pin(async { self.ask(ask::Kind::Renew(Renew {})).await.map(drop) })
    }

    fn update(&self, _: u32, state: NodeState) -> Asked<'_, ()> {
        if let Some(node) = &mut *self.joined() {
            *node = node.clone().with_state(state);
        }
        let update = Update { state: State::of(state).into() };
        Box::pin(async move { self.ask(ask::Kind::Update(update)).await.map(drop) })
    }

    fn leave(&self, _: u32) -> Asked<'_, ()> {
        Box::pin(async { self.ask(ask::Kind::Leave(Leave {})).await.map(drop) })
    }

    fn report_gone(&self, number: u32) -> Asked<'_, ()> {
        Box::pin(async move { self.ask(ask::Kind::Gone(Gone { number })).await.map(drop) })
    }

    fn views(&self) -> watch::Receiver<View> {
        self.views.subscribe()
    }
}
