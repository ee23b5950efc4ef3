//! The life of one link: greeting, manifests, frames, signs of life, end.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, interval, timeout};

use super::called::Called;
use super::end::{End, SILENCE};
use super::frames::{
    Farewell, Frame, Goodbye, Hello, Kind, Leaving, Manifest, Patch, Ping, Request, patch,
};
use super::linked::Link;
use super::node::Node;
use super::peer::Peer;
use super::protocol::{self, PROTOCOLS};
use super::received::{ask_for_state, refuse};
use super::sessions::Sessions;
use super::strangers::GREETING;
use crate::deadline::Deadline;
use crate::error::shown;

/// The bytes that a frame with the data of a session may have beside it.
const HEAD: usize = 64 * 1024;

/// The time after which a sign of life is sent.
const PING: Duration = Duration::from_secs(1);

/// The frames that are taken before other tasks have a turn.
const TURN: usize = 256;

/// Runs a link to its end. `expected` is the number of the node that was dialled.
pub(super) async fn run(
    node: &Arc<Node>,
    link: Arc<Link>,
    frames: impl Stream<Item = Frame> + Unpin,
    expected: Option<u32>,
) -> End {
    #[cfg(all(test, feature = "testing"))]
    let frames = frames.inspect(|frame| super::sim::observe::frame(node, &link, frame));
    let mut frames = frames;
    let end = tokio::select! {
        biased;
        () = link.end.cancelled() => End::Ended,
        end = serve(node, &link, &mut frames, expected) => end,
    };
    match &end {
        End::Ended if node.leaving.is_cancelled() => {
            say_goodbye(&link, "the node shuts down".to_owned(), Farewell::Leaving);
        }
        End::Ended => say_goodbye(&link, "the node ends the link".to_owned(), Farewell::Other),
        End::Refused(text) => say_goodbye(&link, text.clone(), Farewell::Other),
        End::NoMember(_) => {
            // A node that is out of the cluster itself knows nothing about others.
            let reason = match node.is_member() {
                true => Farewell::Fenced,
                false => Farewell::Other,
            };
            say_goodbye(&link, end.to_string(), reason);
        }
        End::Fenced(_) => node.lease.dispute(),
        End::Broken | End::Silent | End::Goodbye(_) => {}
    }
    link.end.cancel();
    link.queue.close();
    end
}

fn say_goodbye(link: &Link, text: String, reason: Farewell) {
    link.queue.put(Kind::Goodbye(Goodbye { text, reason: reason.into() }));
}

async fn serve(
    node: &Arc<Node>,
    link: &Arc<Link>,
    frames: &mut (impl Stream<Item = Frame> + Unpin),
    expected: Option<u32>,
) -> End {
    link.queue.put(Kind::Hello(node.hello()));
    let greeting = timeout(GREETING, async {
        let number = match next(frames).await? {
            Kind::Hello(hello) => {
                if let Some(pass) = &link.pass {
                    pass.introduce();
                }
                if let largest @ 1.. = hello.frame_limit {
                    link.queue.takes(usize::try_from(largest).unwrap_or(usize::MAX));
                }
                check(node, &hello, expected)?
            }
            _ => return Err(End::Refused("the first frame is no Hello".to_owned())),
        };
        let peer = node.member(number).await.ok_or(End::NoMember(number))?;
        if let Some(pass) = &link.pass {
            let admitted = pass.admit(peer.node().name());
            admitted.map_err(|fault| End::Refused(format!("node {number} is refused: {fault}")))?;
        }
        link.note_peer(number);
        link.queue.put(Kind::Manifest(node.manifest()));
        match next(frames).await? {
            Kind::Manifest(manifest) => match manifest.fault() {
                None => Ok((peer, manifest)),
                Some(fault) => Err(End::Refused(fault)),
            },
            _ => Err(End::Refused("the second frame is no Manifest".to_owned())),
        }
    });
    let (peer, manifest) = match greeting.await {
        Ok(Ok(greeted)) => greeted,
        Ok(Err(end)) => return end,
        Err(_) => return End::Refused(format!("no Hello and Manifest came within {GREETING:?}")),
    };
    let Some(attached) = Attached::new(node, link, peer.clone(), manifest) else {
        return End::NoMember(peer.number);
    };
    let end = attached.serve(frames).await;
    if end == End::Broken {
        node.suspect(&peer);
    }
    end
}

async fn next(frames: &mut (impl Stream<Item = Frame> + Unpin)) -> Result<Kind, End> {
    poll_fn(|cx| poll_next(frames, cx)).await
}

fn poll_next(
    frames: &mut (impl Stream<Item = Frame> + Unpin),
    cx: &mut Context<'_>,
) -> Poll<Result<Kind, End>> {
    loop {
        return Poll::Ready(match ready!(frames.poll_next_unpin(cx)) {
            Some(Frame { kind: Some(Kind::Goodbye(goodbye)) }) => Err(match goodbye.reason() {
                Farewell::Fenced => End::Fenced(goodbye.text),
                Farewell::Leaving => End::Ended,
                Farewell::Other => End::Goodbye(goodbye.text),
            }),
            Some(Frame { kind: Some(kind) }) => Ok(kind),
            // Of a later protocol.
            Some(Frame { kind: None }) => continue,
            None => Err(End::Broken),
        });
    }
}

impl Hello {
    pub(super) fn new(cluster: &str, number: u32, serializer: &str) -> Self {
        Self {
            protocol_min: *PROTOCOLS.start(),
            protocol_max: *PROTOCOLS.end(),
            cluster: cluster.to_owned(),
            number,
            serializer: serializer.to_owned(),
            frame_limit: 0,
        }
    }
}

/// Checks the greeting of a peer, and returns its number.
fn check(node: &Node, hello: &Hello, expected: Option<u32>) -> Result<u32, End> {
    let own = node.hello();
    let number = hello.number;
    let protocols = hello.protocol_min..=hello.protocol_max;
    let (other, this) = (format!("node {number}"), format!("node {}", own.number));
    let fault = if let Err(fault) = protocol::check(&other, protocols, &this) {
        fault
    } else if hello.cluster != own.cluster {
        let shown = shown(&hello.cluster);
        format!(
            "node {number} is of the cluster `{shown}`, and node {} of `{}`",
            own.number, own.cluster
        )
    } else if hello.serializer != own.serializer {
        let shown = shown(&hello.serializer);
        format!(
            "node {number} has the serializer `{shown}`, and node {} `{}`",
            own.number, own.serializer
        )
    } else if let Some(fault) = data_fault(node, hello) {
        fault
    } else if let Some(expected) = expected.filter(|expected| *expected != number) {
        format!("the node at the address of node {expected} has the number {number}")
    } else if expected.is_none() && number <= own.number {
        format!(
            "node {number} has to be connected to by node {}, whose number is greater",
            own.number
        )
    } else {
        return Ok(number);
    };
    Err(End::Refused(fault))
}

/// The data of a session has to fit into a frame: it is told in one.
fn data_fault(node: &Node, hello: &Hello) -> Option<String> {
    let (number, limit) = (hello.number, hello.frame_limit);
    let data = node.runtime.get().map_or(0, |runtime| runtime.common.data_limit);
    let fits = u64::try_from(data.saturating_add(HEAD)).is_ok_and(|needed| needed <= limit);
    (limit > 0 && !fits).then(|| {
        format!(
            "node {number} takes frames of {limit} bytes, and the data of a session has up to {data} bytes at node {}: \
             `App::session_data_limit` is to be similar on both",
            node.number()
        )
    })
}

/// A link that its peer is known of, until it is dropped.
struct Attached<'a> {
    node: &'a Arc<Node>,
    link: &'a Arc<Link>,
    peer: Arc<Peer>,
    sessions: Arc<Sessions>,
    called: Called,
}

impl<'a> Attached<'a> {
    fn new(
        node: &'a Arc<Node>,
        link: &'a Arc<Link>,
        peer: Arc<Peer>,
        manifest: Manifest,
    ) -> Option<Self> {
        let called = Called::new(node, link.clone())?;
        let sessions = node.attach(&peer, link, manifest.routes)?;
        Some(Self { node, link, peer, sessions, called })
    }

    async fn serve(self, frames: &mut (impl Stream<Item = Frame> + Unpin)) -> End {
        let mut pings = interval(PING);
        let (mut heard, mut silence) = (Instant::now(), Deadline::default());
        poll_fn(|cx| {
            // First: a node that catches up has frames all the time, and is alive.
            while pings.poll_tick(cx).is_ready() {
                self.link.queue.put(Kind::Ping(Ping { load: self.node.load() }));
            }
            for taken in 0..TURN {
                match poll_next(frames, cx) {
                    Poll::Ready(Ok(kind)) => {
                        // The clock is asked once for all that has come.
                        if taken == 0 {
                            heard = Instant::now();
                        }
                        self.handle(kind, heard);
                    }
                    Poll::Ready(Err(end)) => return Poll::Ready(end),
                    Poll::Pending => {
                        return silence.poll_at(cx, heard + SILENCE).map(|()| End::Silent);
                    }
                }
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }

    /// Takes the message of a client, or the call of a component.
    fn request(&self, request: Request, now: Instant) {
        let (id, session, is_told) = (request.id, request.session, request.state.is_some());
        let taken = match request.calls {
            0 => self.sessions.request(request, now),
            _ => self.called.call(request),
        };
        if let Err(error) = taken {
            if is_told {
                // It is lost with the message.
                ask_for_state(self.link, session);
            }
            let node = self.peer.number;
            tracing::debug!(node, error = %error.report(), "a message is refused");
            refuse(self.link, id, &error);
        }
    }

    /// Handles a frame that has come at `now`, and waits for nothing.
    fn handle(&self, kind: Kind, now: Instant) {
        let calls = &self.link.calls;
        match kind {
            Kind::Request(request) => self.request(request, now),
            Kind::Closed(closed) => self.sessions.closed(closed),
            Kind::Answer(answer) => {
                let (id, is_done) = (answer.id, answer.done);
                if !calls.answer(id, answer.outcome(), is_done) {
                    tracing::debug!(node = self.peer.number, id, "an answer comes too late");
                }
            }
            Kind::Done(done) => calls.done(done.id),
            Kind::Push(push) if push.everyone || push.user.is_some() => {
                self.node.push_here(push, &self.peer, self.link);
            }
            Kind::Push(push) => self.node.push(push),
            Kind::WhoHas(asked) => self.node.who_has(asked, self.link),
            Kind::Patch(Patch { session, change: Some(patch::Change::Lost(is_lost)), .. }) => {
                self.sessions.presence(session, is_lost);
            }
            Kind::Patch(patch) => self.node.patch(patch, self.peer.number, self.link),
            Kind::Close(close) => self.node.close_here(close, self.link),
            Kind::Ping(ping) => {
                // Its first one comes when it knows this node.
                self.peer.reached.cancel();
                self.peer.load.tell(ping.load);
            }
            Kind::Leaving(Leaving { heard: true }) => self.link.note_heard(),
            Kind::Leaving(_) => {
                // First: whoever finds the link closed looks for another node.
                self.peer.leaves(self.link);
                self.link.peer_leaves();
            }
            Kind::Hello(_) | Kind::Manifest(_) | Kind::Goodbye(_) => {
                tracing::debug!(
                    node = self.peer.number,
                    "a frame that does not belong here is ignored"
                );
            }
        }
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.peer.detach(self.link);
        self.sessions.end();
        self.link.calls.lose();
        self.node.lose_rooms(self.peer.number, self.link.epoch);
    }
}
