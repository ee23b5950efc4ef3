//! The master's side of the streams of other nodes.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::{Request, Response, Status, Streaming};

use super::Master;
use super::messages::{
    Answer, Ask, Done, Join, LARGEST_ASK, LARGEST_TOLD, Lost, Told, View, ask, registry_server,
    shown, told,
};
use super::tables::LOSSES;
use crate::Node;
use crate::cluster::claims::Claim;
use crate::cluster::protocol;
use crate::cluster::registry::{Registry, RegistryError};
use crate::cluster::strangers::Pass;
use crate::log::{Log, limited};

/// The messages that wait for one node.
const WAITING: usize = 16;

/// The time for the first message of a node, and for a node to take a message.
const PATIENCE: Duration = Duration::from_secs(5);

/// The master, as other nodes reach it.
#[derive(Clone, Debug)]
pub(in crate::cluster) struct Service {
    pub(in crate::cluster) master: Arc<Master>,
    /// The name of the cluster.
    pub(in crate::cluster) cluster: String,
    pub(in crate::cluster) log: Arc<Log>,
    pub(in crate::cluster) end: CancellationToken,
    pub(in crate::cluster) tasks: TaskTracker,
}

#[tonic::async_trait]
impl registry_server::Registry for Service {
    type AttendStream = Pin<Box<dyn Stream<Item = Result<Told, Status>> + Send>>;

    async fn attend(
        &self,
        request: Request<Streaming<Ask>>,
    ) -> Result<Response<Self::AttendStream>, Status> {
        let (tell, mut told) = mpsc::channel(WAITING);
        let pass = request.extensions().get::<Arc<Pass>>().cloned();
        let asks = request.into_inner().scan((), |(), ask| std::future::ready(ask.ok())).boxed();
        let service = self.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = service.end.cancelled() => {}
                _ = service.serve(pass, asks, tell) => {}
            }
        });
        let told = stream::poll_fn(move |cx| told.poll_recv(cx));
        Ok(Response::new(told.map(Ok).boxed()))
    }
}

impl Service {
    pub(in crate::cluster) fn server(self) -> registry_server::RegistryServer<Self> {
        registry_server::RegistryServer::new(self)
            .max_decoding_message_size(LARGEST_ASK)
            .max_encoding_message_size(LARGEST_TOLD)
    }

    /// Serves a node until it goes; `None` is its end.
    async fn serve(
        &self,
        pass: Option<Arc<Pass>>,
        mut asks: impl Stream<Item = Ask> + Unpin,
        tell: mpsc::Sender<Told>,
    ) -> Option<()> {
        let first = timeout(PATIENCE, asks.next()).await.ok()??;
        let joined = tokio::select! {
            joined = self.join(first.kind, pass.as_deref()) => joined,
            // It waits for nothing any more.
            _ = asks.next() => return None,
        };
        let attending = joined.clone().ok().map(|number| Attending::new(self, number));
        let answer = Answer::new(first.id, joined.map(Done::Number));
        send(&tell, told::Kind::Answer(answer)).await?;
        let mut attending = attending?;
        let mut views = self.master.views();
        views.mark_changed();
        loop {
            tokio::select! {
                biased;
                ask = asks.next() => {
                    let Ask { id, kind } = ask?;
                    let answer = Answer::new(id, self.ask(&attending, kind).await);
                    send(&tell, told::Kind::Answer(answer)).await?;
                }
                lost = attending.lost.recv() => {
                    // One that missed some claims all its names again over its next stream.
                    let lost = Lost::of(&lost.ok()?);
                    send(&tell, told::Kind::Lost(lost)).await?;
                }
                changed = views.changed() => {
                    changed.ok()?;
                    let view = views.borrow_and_update().clone();
                    if view.revision() > 0 {
                        send(&tell, told::Kind::View(View::of(&view))).await?;
                    }
                }
            }
        }
    }

    async fn join(
        &self,
        kind: Option<ask::Kind>,
        pass: Option<&Pass>,
    ) -> Result<u32, RegistryError> {
        let Some(ask::Kind::Join(join)) = kind else {
            return Err(RegistryError::Refused("the first message is no Join".to_owned()));
        };
        let highest = join.highest;
        if let Some(pass) = pass {
            pass.introduce();
        }
        let node = self.check(join).map_err(RegistryError::Refused)?;
        if let Some(pass) = pass {
            pass.admit(node.name()).map_err(|fault| {
                limited!(self.log, NodeRefused, node = None::<u32>, reason = fault);
                RegistryError::Refused(format!("the master refuses the node: {fault}"))
            })?;
        }
        self.master.admit(&node, highest).await
    }

    /// Returns the node that asks to join, or its fault.
    fn check(&self, join: Join) -> Result<Node, String> {
        let Join { protocol_min, protocol_max, cluster, node, .. } = join;
        protocol::check("the node that joins", protocol_min..=protocol_max, "its master")?;
        if cluster != self.cluster {
            return Err(format!(
                "the node that joins is of the cluster `{}`, and its master of `{}`",
                shown(&cluster),
                self.cluster
            ));
        }
        let node = node.and_then(|node| node.into_node());
        node.ok_or_else(|| "the name, the address or a component of the node is no such".to_owned())
    }

    async fn ask(
        &self,
        attending: &Attending<'_>,
        kind: Option<ask::Kind>,
    ) -> Result<Done, RegistryError> {
        let (master, number) = (&self.master, attending.number);
        let done = match kind {
            Some(ask::Kind::Renew(_)) => master.renew(number),
            Some(ask::Kind::Update(update)) => master.update(number, update.state().into_state()),
            Some(ask::Kind::Leave(_)) => master.leave(number),
            Some(ask::Kind::Gone(gone)) => master.report_gone(gone.number),
            Some(ask::Kind::Claim(claim)) => {
                // By now it may have freed the name over another stream.
                attending.check_last()?;
                let (claim, rule) = claim.into_claim(number);
                return master.claim(&claim, rule).await.map(Done::Claimed);
            }
            Some(ask::Kind::Release(release)) => {
                // Or claimed it again.
                attending.check_last()?;
                return master
                    .release(&release.into_claim(number))
                    .await
                    .map(|()| Done::Number(number));
            }
            Some(ask::Kind::Find(find)) => {
                let name = find.name.unwrap_or_default();
                return master.find(name.kind_of_claim(), &name.text).await.map(Done::Found);
            }
            Some(ask::Kind::Join(_)) => {
                return Err(RegistryError::Refused("the node has joined already".to_owned()));
            }
            None => {
                return Err(RegistryError::Refused("this master does not know how".to_owned()));
            }
        };
        done.await.map(|()| Done::Number(number))
    }
}

/// Sends a message; `None` when the node takes none.
async fn send(tell: &mpsc::Sender<Told>, kind: told::Kind) -> Option<()> {
    timeout(PATIENCE, tell.send(Told { kind: Some(kind) })).await.ok()?.ok()
}

/// A node whose stream is open, until it is dropped.
struct Attending<'a> {
    master: &'a Master,
    number: u32,
    stream: u64,
    /// The names that it loses. The other end is kept, too: a node that is given up is told so by an answer, and not by the
    /// end of its stream.
    lost: broadcast::Receiver<Claim>,
    _tell: broadcast::Sender<Claim>,
}

impl<'a> Attending<'a> {
    fn new(service: &'a Service, number: u32) -> Self {
        static STREAM: AtomicU64 = AtomicU64::new(0);
        let stream = STREAM.fetch_add(1, Ordering::Relaxed);
        let (tell, lost) = broadcast::channel(LOSSES);
        service.master.with(|tables, _| {
            tables.attend(number, stream);
            tables.tell_losses(number, tell.clone());
        });
        Self { master: &service.master, number, stream, lost, _tell: tell }
    }

    /// Fails if the node has made another stream since.
    fn check_last(&self) -> Result<(), RegistryError> {
        let is_last = self.master.with(|tables, _| tables.is_last(self.number, self.stream));
        let other = || RegistryError::Away("the node has another stream".to_owned());
        is_last.then_some(()).ok_or_else(other)
    }
}

impl Drop for Attending<'_> {
    fn drop(&mut self) {
        self.master.with(|tables, _| tables.attended(self.number, self.stream));
    }
}
