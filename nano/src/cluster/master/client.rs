//! The registry of a node whose master is another one.

#[cfg(all(test, feature = "testing"))]
mod tests;

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use prost::Message;
use rustc_hash::FxHashMap;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Code, Streaming};

use super::messages::{
    self, Ask, Done, Find, Gone, Join, LARGEST_ASK, LARGEST_JOIN, LARGEST_TOLD, Leave, Record,
    Release, Renew, State, Told, Update, ask, registry_client, told,
};
use crate::cluster::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
use crate::cluster::master::tables::LOSSES;
use crate::cluster::protocol::PROTOCOLS;
use crate::cluster::registry::{Asked, Registry, RegistryError, View};
use crate::cluster::sockets::{CONNECT, Secure, channel};
use crate::cluster::tls::{NodeTls, fault};
use crate::error::Report;
use crate::{Node, NodeState};

/// The time for an answer of the master: it thinks about nothing but who may join.
const PATIENCE: Duration = Duration::from_secs(3);

/// The messages that wait for the master.
const WAITING: usize = 16;

type Outcome = Result<Done, RegistryError>;

/// The master on another node, and the stream to it.
#[derive(Debug)]
pub(in crate::cluster) struct Away {
    address: String,
    /// The name of the cluster.
    cluster: String,
    tls: Option<NodeTls>,
    views: watch::Sender<View>,
    /// The highest number that was ever in a view, or that this node knows of otherwise: a master that was restarted has
    /// forgotten it, and its node may be gone.
    highest: Arc<AtomicU32>,
    /// The number of times that this node came back: the master may be another one.
    returns: watch::Sender<u64>,
    /// The names that this node has lost, as the master tells them.
    lost: broadcast::Sender<Claim>,
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
    pub(in crate::cluster) fn new(address: String, cluster: String, tls: Option<NodeTls>) -> Self {
        let (joined, stream) = (Mutex::default(), tokio::sync::Mutex::default());
        let (views, returns) = (watch::Sender::default(), watch::Sender::default());
        let (lost, highest) = (broadcast::Sender::new(LOSSES), Arc::default());
        Self { address, cluster, tls, views, highest, returns, lost, joined, stream }
    }

    fn joined(&self) -> MutexGuard<'_, Option<Node>> {
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the master, which knows this node, or gets to know it again.
    async fn ask(&self, kind: ask::Kind) -> Outcome {
        let attendance = self.attendance().await?.1;
        self.ask_over(&attendance, kind).await
    }

    /// The number of this node, and the stream that has joined under it.
    async fn attendance(&self) -> Result<(u32, Attendance), RegistryError> {
        let mut stream = self.stream.lock().await;
        let attendance = match stream.take().filter(|attendance| !attendance.open().is_over) {
            Some(attendance) => attendance,
            None => {
                let node = self.joined().clone().ok_or(RegistryError::Gone)?;
                // Others wait for the stream meanwhile.
                let attended = timeout(PATIENCE, self.attend(&node)).await;
                let attendance = attended.unwrap_or_else(|_| Err(self.silent()))?.1;
                self.returns.send_modify(|count| *count += 1);
                attendance
            }
        };
        *stream = Some(attendance.clone());
        let number = self.joined().as_ref().map(Node::number).ok_or(RegistryError::Gone)?;
        Ok((number, attendance))
    }

    async fn ask_over(&self, attendance: &Attendance, kind: ask::Kind) -> Outcome {
        timeout(PATIENCE, attendance.ask(kind)).await.unwrap_or_else(|_| {
            // The next one makes a new stream.
            attendance.end.cancel();
            attendance.open().is_over = true;
            Err(self.silent())
        })
    }

    fn silent(&self) -> RegistryError {
        RegistryError::Away(format!("{} does not answer", self.address))
    }

    /// Connects and joins. Returns the number, and the stream.
    async fn attend(&self, node: &Node) -> Result<(u32, Attendance), RegistryError> {
        let opened = timeout(CONNECT, self.open()).await;
        let attendance = opened.unwrap_or_else(|_| Err(self.silent()))?;
        let join = Join {
            protocol_min: *PROTOCOLS.start(),
            protocol_max: *PROTOCOLS.end(),
            cluster: self.cluster.clone(),
            node: Some(Record::of(node)),
            highest: self.highest.load(Ordering::Relaxed),
        };
        let length = join.encoded_len();
        if length > LARGEST_JOIN {
            return Err(RegistryError::Refused(format!(
                "what this node tells its master of itself has {length} bytes, with the names of its components; \
                 {LARGEST_JOIN} fit"
            )));
        }
        let number = match attendance.ask(ask::Kind::Join(join)).await? {
            Done::Number(number) => number,
            _ => return Err(misled()),
        };
        *self.joined() = Some(node.clone().with_number(number));
        Ok((number, attendance))
    }

    async fn open(&self) -> Result<Attendance, RegistryError> {
        let away = |error: &(dyn Error + 'static)| {
            let text = fault(error).unwrap_or_else(|| Report(error).to_string());
            RegistryError::Away(format!("{} cannot be connected to: {text}", self.address))
        };
        // The master's own name is not known yet.
        let secure = Secure::of(self.tls.as_ref(), &self.address).map_err(|error| away(&error))?;
        let opened = channel(&self.address, secure).await;
        let (channel, alert) = opened.map_err(|error| away(&*error))?;
        let mut client = registry_client::RegistryClient::new(channel)
            .max_encoding_message_size(LARGEST_ASK)
            .max_decoding_message_size(LARGEST_TOLD);
        let (asks, mut asked) = mpsc::channel(WAITING);
        let asked = stream::poll_fn(move |cx| asked.poll_recv(cx));
        let answer = client.attend(asked).await.map_err(|error| match error.code() {
            Code::Unimplemented => RegistryError::Away(format!(
                "{} is a node that is no master: `Cluster::master` makes one",
                self.address
            )),
            _ => away(&*alert.or(error)),
        })?;
        let (open, end) = (Arc::<Mutex<Open>>::default(), CancellationToken::new());
        let reading = Reading {
            open: open.clone(),
            views: self.views.clone(),
            highest: self.highest.clone(),
            lost: self.lost.clone(),
        };
        tokio::spawn(reading.read(answer.into_inner(), end.clone()));
        let _ends = Arc::new(end.clone().drop_guard());
        Ok(Attendance { asks, open, end, _ends })
    }
}

/// The places of what the master tells.
struct Reading {
    open: Arc<Mutex<Open>>,
    views: watch::Sender<View>,
    highest: Arc<AtomicU32>,
    lost: broadcast::Sender<Claim>,
}

impl Reading {
    /// Reads what the master tells, until the stream ends.
    async fn read(self, told: Streaming<Told>, end: CancellationToken) {
        let mut told = told.take_until(end.cancelled_owned()).boxed();
        while let Some(Ok(told)) = told.next().await {
            match told.kind {
                Some(told::Kind::Answer(answer)) => {
                    let id = answer.id;
                    let waits = lock(&self.open).waiting.remove(&id);
                    // Nobody waits for it any more.
                    let _ = waits.map(|waits| waits.send(answer.outcome()));
                }
                Some(told::Kind::View(view)) => match view.into_view() {
                    Some(view) => {
                        self.highest.fetch_max(view.highest(), Ordering::Relaxed);
                        self.views.send_if_modified(|last| {
                            let is_later = view.revision() > last.revision();
                            if is_later {
                                *last = view;
                            }
                            is_later
                        });
                    }
                    None => tracing::debug!("a view of the master makes no sense"),
                },
                // A node that asks for none has no claims.
                Some(told::Kind::Lost(lost)) => drop(self.lost.send(lost.into_claim())),
                // Of a later protocol.
                None => {}
            }
        }
        let mut open = lock(&self.open);
        open.is_over = true;
        open.waiting.clear();
    }
}

/// The error of an answer to another question.
fn misled() -> RegistryError {
    RegistryError::Away("the master's answer makes no sense".to_owned())
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
            self.highest.fetch_max(highest, Ordering::Relaxed);
            let (number, attendance) = self.attend(node).await?;
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

    fn keeps_claims(&self) -> bool {
        true
    }

    fn claim<'a>(&'a self, claim: &'a Claim, rule: ClaimRule) -> Asked<'a, Claimed> {
        let asked = ask::Kind::Claim(messages::Claim::of(claim, rule));
        Box::pin(async move {
            let (number, attendance) = self.attendance().await?;
            // The master takes the number from the stream: a claim that waited while the node joined anew would be held
            // under the new number, and nobody would free it.
            if claim.holder().node() != number {
                return Err(RegistryError::Gone);
            }
            match self.ask_over(&attendance, asked).await? {
                Done::Claimed(claimed) => Ok(claimed),
                _ => Err(misled()),
            }
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> Asked<'a, ()> {
        let asked = ask::Kind::Release(Release::of(claim));
        Box::pin(async move { self.ask(asked).await.map(drop) })
    }

    fn find<'a>(&'a self, kind: ClaimKind, name: &'a str) -> Asked<'a, Option<Holder>> {
        let asked = ask::Kind::Find(Find::of(kind, name));
        Box::pin(async move {
            match self.ask(asked).await? {
                Done::Found(holder) => Ok(holder),
                _ => Err(misled()),
            }
        })
    }

    fn forgotten(&self) -> watch::Receiver<u64> {
        self.returns.subscribe()
    }

    fn lost(&self) -> broadcast::Receiver<Claim> {
        self.lost.subscribe()
    }
}
