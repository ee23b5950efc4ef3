//! Links over gRPC: one stream of frames in each direction.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::time::{sleep, timeout};
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};

use super::accept::accept;
use super::bound::Bound;
use super::end::End;
use super::frames::{Frame, node_client, node_server};
use super::go;
use super::incoming::Coming;
use super::link;
use super::linked::Link;
use super::master::{Master, Service};
use super::node::Node;
use super::peer::Peer;
use super::queue::{Outlet, queue};
use super::small::Small;
use super::sockets::{CONNECT, CONNECTION_WINDOW, STREAM_WINDOW, Secure, channel};
use super::strangers::Pass;
use super::tls::fault;
use crate::error::Report;
use crate::log::limited;

/// The times between two attempts to connect.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The time for the last frame, which says why a link ends, to leave.
const FAREWELL: Duration = Duration::from_millis(200);

/// The time for a peer to take it, before the connection to it is closed.
const HEARING: Duration = Duration::from_secs(1);

/// The time after which a silent connection is asked for a sign of life where nodes of Go nano may have made it, and the time
/// for that.
const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(20);

/// Accepts links from nodes with greater numbers.
pub(super) fn listen(node: &Arc<Node>, bound: Bound) {
    let Bound { listener: Some(listener), address } = bound else { return };
    // It starts once.
    let _ = node.address.set(address);
    tracing::info!(%address, "open for other nodes");
    let coming = accept(node, listener);
    node.tasks.spawn(serve(node.clone(), coming));
}

/// Connects to a node, again and again, until it or this one ends.
pub(super) fn dial(node: &Arc<Node>, peer: Arc<Peer>) {
    #[cfg(test)]
    if node.config.is_wired_by_hand {
        return peer.reached.cancel();
    }
    let node = node.clone();
    node.clone().tasks.spawn(async move { keep(&node, &peer).await });
}

/// Serves the connections of others until the node ends.
async fn serve(node: Arc<Node>, mut coming: Coming) {
    let limit = node.frame_limit();
    let service = node_server::NodeServer::new(Links(node.clone()))
        .max_decoding_message_size(limit)
        .max_encoding_message_size(limit);
    let backend = node.go.as_ref().map(|go| go::backend(&node, go));
    let go_master = node.go.as_ref().filter(|_| node.master.is_some());
    let go_master = go_master.map(|go| go::master(&node, go));
    // Nodes of Go nano have a call under way for each of their clients.
    let streams_of_one = if backend.is_some() { 1024 } else { 16 };
    let registry = node.master.clone().map(|master| {
        node.tasks.spawn(run_master(node.clone(), master.clone()));
        let (cluster, log) = (node.config.cluster.clone(), node.log.clone());
        let (end, tasks) = (node.end.clone(), node.tasks.clone());
        Service { master, cluster, log, end, tasks }.server()
    });
    let coming = stream::poll_fn(move |cx| coming.poll_recv(cx));
    // On the connection of a node of Go nano nothing has to flow: one whose other side is gone would stay for ever.
    let ping = backend.is_some().then_some(PING);
    let server = Server::builder()
        .http2_keepalive_interval(ping)
        .http2_keepalive_timeout(Some(PONG))
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(streams_of_one)
        .http2_max_header_list_size(8 * 1024)
        .add_service(Small(service))
        .add_optional_service(registry)
        .add_optional_service(backend)
        .add_optional_service(go_master)
        .serve_with_incoming(coming);
    tokio::select! {
        // tonic's own shutdown may wait for ever.
        () = node.end.cancelled() => sleep(FAREWELL).await,
        _ = server => {}
    }
}

async fn run_master(node: Arc<Node>, master: Arc<Master>) {
    tokio::select! {
        () = node.end.cancelled() => {}
        () = master.run() => {}
    }
}

struct Links(Arc<Node>);

#[tonic::async_trait]
impl node_server::Node for Links {
    type LinkStream = Pin<Box<dyn Stream<Item = Result<Frame, Status>> + Send>>;

    async fn link(
        &self,
        request: Request<Streaming<Frame>>,
    ) -> Result<Response<Self::LinkStream>, Status> {
        let node = self.0.clone();
        if node.end.is_cancelled() {
            return Err(Status::unavailable("the node ends"));
        }
        let pass = request.extensions().get::<Arc<Pass>>().cloned();
        let (link, outlet) = open(&node, pass);
        let frames = frames(request.into_inner());
        node.clone().tasks.spawn(async move {
            let end = link::run(&node, link.clone(), frames, None).await;
            node.ended(link.peer(), &end);
        });
        Ok(Response::new(outlet.map(Ok).boxed()))
    }
}

async fn keep(node: &Arc<Node>, peer: &Peer) {
    let mut wait = FIRST_WAIT;
    loop {
        tokio::select! {
            biased;
            () = node.end.cancelled() => return,
            () = peer.retired.cancelled() => return,
            opened = connect(node, peer) => match opened {
                Ok((link, mut frames)) => {
                    let end = link::run(node, link, &mut frames, Some(peer.number)).await;
                    if node.end.is_cancelled() {
                        return sleep(FAREWELL).await;
                    }
                    node.ended(Some(peer.number), &end);
                    if matches!(end, End::Ended | End::Refused(_) | End::NoMember(_)) {
                        tokio::select! {
                            () = node.end.cancelled() => return sleep(FAREWELL).await,
                            () = heard_out(frames) => {}
                        }
                    }
                    if matches!(end, End::Broken | End::Silent | End::Ended) {
                        wait = FIRST_WAIT;
                    }
                }
                Err(error) => match fault(&*error) {
                    Some(reason) => limited!(node.log, NodeRefused, node = peer.number, reason),
                    None => {
                        let error = Report(&*error);
                        tracing::debug!(node = peer.number, %error, "a node is not reached");
                    }
                },
            },
        }
        peer.reached.cancel();
        tokio::select! {
            () = node.end.cancelled() => return,
            () = peer.retired.cancelled() => return,
            () = sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
        }
    }
}

/// Reads a stream to its end: the peer has then taken the last frame, which says why the link ends. A socket that is closed
/// with unread bytes is reset, and what the peer has not read yet is lost.
async fn heard_out(frames: impl Stream<Item = Frame>) {
    // It may be dead.
    let _ = timeout(HEARING, frames.for_each(|_| std::future::ready(()))).await;
}

async fn connect(
    node: &Arc<Node>,
    peer: &Peer,
) -> Result<
    (Arc<Link>, impl Stream<Item = Frame> + Unpin + use<>),
    Box<dyn std::error::Error + Send + Sync>,
> {
    let limit = node.frame_limit();
    let secure = Secure::of(node.config.tls.as_ref(), peer.node().name())?;
    let (channel, alert) = channel(&peer.address, secure).await?;
    let (link, outlet) = open(node, None);
    let mut client = node_client::NodeClient::new(channel)
        .max_decoding_message_size(limit)
        .max_encoding_message_size(limit);
    let answer = timeout(CONNECT, client.link(outlet)).await?;
    let answer = answer.map_err(|error| alert.or(error))?;
    Ok((link, frames(answer.into_inner())))
}

/// Makes a link; `pass` is that of the connection that another node has made.
pub(super) fn open(node: &Node, pass: Option<Arc<Pass>>) -> (Arc<Link>, Outlet) {
    let end = node.end.child_token();
    let (queue, outlet) = queue(end.clone(), node.total.clone());
    (Link::new(queue, end, pass), outlet)
}

/// The frames of a stream, up to its end or its first error.
fn frames(mut stream: Streaming<Frame>) -> impl Stream<Item = Frame> + Unpin {
    stream::poll_fn(move |cx| stream.poll_next_unpin(cx).map(|frame| frame?.ok()))
}

#[cfg(test)]
mod tests;
