//! The task of one node of Go nano. It has a link here, as other nodes have: what is put into it becomes calls.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::client::{Client, Failed, is_answered};
use super::convert::{self, error_of};
use super::hub::{GoPeer, Hub};
use super::pairs::Pairs;
use super::work::{Lanes, Work};
use crate::cluster::end::End;
use crate::cluster::frames::{
    Closed, Frame, Kind, ManifestRoute, Outcome, Push, Request, name_of, unavailable,
};
use crate::cluster::linked::Link;
use crate::cluster::node::Node;
use crate::cluster::peer::Peer;
use crate::cluster::queue::{Outlet, queue};
use crate::cluster::sessions::Sessions;
use crate::log::limited;
use crate::session::SessionId;
use crate::wire::outgoing::Content;
use crate::{Error, ErrorKind, Result};

/// The times between two attempts to reach a node that has not been reached yet.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The time after which a node that has not answered anything is asked for a sign of life, which may fail once.
const QUIET: Duration = Duration::from_secs(2);
const FAILURES: u32 = 2;

/// The time between two looks at a node.
const LOOK: Duration = Duration::from_secs(1);

/// The time after which the sessions of a gate end that cannot be reached.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reaches a node, again and again, until it or this one ends.
pub(in crate::cluster) fn attach(node: &Arc<Node>, hub: &Arc<Hub>, peer: Arc<Peer>) {
    #[cfg(test)]
    if node.config.is_wired_by_hand {
        return;
    }
    let (node, hub) = (node.clone(), hub.clone());
    node.clone().tasks.spawn(async move { keep(&node, &hub, &peer).await });
}

async fn keep(node: &Arc<Node>, hub: &Arc<Hub>, peer: &Arc<Peer>) {
    let client = match Client::new(hub.clone(), &peer.address) {
        Ok(client) => client,
        Err(error) => return tracing::debug!(%error, "a node of Go nano has no such address"),
    };
    loop {
        let client = tokio::select! {
            biased;
            () = node.end.cancelled() => return,
            () = peer.retired.cancelled() => return,
            reached = reach(&client) => reached,
        };
        let Some((attached, outlet)) = Attached::new(node, hub, peer) else { return };
        let end = tokio::select! {
            biased;
            () = node.end.cancelled() => return,
            () = peer.retired.cancelled() => return,
            () = attached.go.link.end.cancelled() => End::Broken,
            end = attached.serve(outlet, client) => end,
        };
        drop(attached);
        if end == End::Ended {
            return;
        }
        node.ended(Some(peer.number), &end);
    }
}

/// Asks for a sign of life until one comes, over another connection each time.
async fn reach(client: &Client) -> Client {
    let mut wait = FIRST_WAIT;
    loop {
        let client = client.anew();
        if is_answered(&client.clone().probe().await) {
            return client;
        }
        sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// A node that has been reached, until this is dropped.
struct Attached<'a> {
    node: &'a Arc<Node>,
    hub: &'a Arc<Hub>,
    peer: &'a Arc<Peer>,
    go: Arc<GoPeer>,
    sessions: Arc<Sessions>,
    /// The address of this node.
    own: String,
}

/// The signs of life of a node.
struct Signs {
    heard: Instant,
    failures: u32,
    lost: Option<Instant>,
}

/// The question for a sign of life, and the client that asks.
type Probe = Pin<Box<dyn Future<Output = (Result<(), Failed>, Client)> + Send>>;

impl<'a> Attached<'a> {
    fn new(node: &'a Arc<Node>, hub: &'a Arc<Hub>, peer: &'a Arc<Peer>) -> Option<(Self, Outlet)> {
        let end = node.end.child_token();
        let (queue, outlet) = queue(end.clone(), node.total.clone());
        let link = Link::with_own_numbers(queue, end);
        let timeout = node.runtime.get()?.limits.handler_timeout;
        let record = peer.node();
        let routes = record.components().map(|name| ManifestRoute::any(name, timeout));
        let sessions = node.attach(peer, &link, routes.collect())?;
        let go = Arc::new(GoPeer {
            number: peer.number,
            address: peer.address.clone(),
            link,
            pairs: Pairs::default(),
            left: CancellationToken::new(),
        });
        hub.add(go.clone());
        let own = node.record().address().to_owned();
        Some((Self { node, hub, peer, go, sessions, own }, outlet))
    }

    /// Makes the calls that what comes out of the link's queue asks for.
    async fn serve(&self, mut outlet: Outlet, mut client: Client) -> End {
        let (mut lanes, mut running) = (Lanes::default(), FuturesUnordered::new());
        let mut probes = FuturesUnordered::<Probe>::new();
        let mut signs = Signs { heard: Instant::now(), failures: 0, lost: None };
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_leaving = false;
        let mut untold = self.peer.untold.all();
        loop {
            while lanes.has_room()
                && let Some(session) = untold.pop()
            {
                lanes.add(session.get(), ended(session));
            }
            while let Some((session, work)) = lanes.next() {
                let client = signs.lost.is_none().then(|| client.clone());
                running.push(async move {
                    let outcome = match client {
                        Some(client) => client.run(&work).await,
                        None => Err(Failed::Unreached { is_refused: false }),
                    };
                    (session, work, outcome)
                });
            }
            if is_leaving && lanes.is_empty() {
                return End::Ended;
            }
            tokio::select! {
                biased;
                Some((session, work, outcome)) = running.next(), if !running.is_empty() => {
                    lanes.ended(session, &work);
                    if self.note(&mut signs, &outcome, false) {
                        untold = self.peer.untold.all();
                    }
                    self.finish(work, outcome);
                }
                Some((outcome, tried)) = probes.next(), if !probes.is_empty() => {
                    if is_answered(&outcome) {
                        client = tried;
                    }
                    if self.note(&mut signs, &outcome, true) {
                        untold = self.peer.untold.all();
                    }
                }
                _ = ticks.tick() => {
                    self.go.link.calls.forget_unwanted();
                    if signs.lost.is_some_and(|lost| lost.elapsed() >= PATIENCE) {
                        return End::Silent;
                    }
                    let is_quiet = signs.lost.is_some() || signs.heard.elapsed() >= QUIET;
                    if is_quiet && probes.is_empty() {
                        // The connection may be dead, and not know it.
                        let client = match signs.failures > 0 || signs.lost.is_some() {
                            true => client.anew(),
                            false => client.clone(),
                        };
                        probes.push(Box::pin(async move { (client.clone().probe().await, client) }));
                    }
                }
                frame = outlet.next(), if !lanes.is_full() => match frame {
                    Some(Frame { kind: Some(Kind::Goodbye(_)) }) => {
                        for (session, theirs) in self.go.pairs.close() {
                            lanes.add(session.get(), Work::HangUp { session: theirs });
                        }
                        is_leaving = true;
                    }
                    Some(Frame { kind: Some(kind) }) => self.take(kind, &mut lanes),
                    Some(Frame { kind: None }) => {}
                    None => return End::Ended,
                },
            }
        }
    }

    /// Notes what the outcome of a call says about the node. Returns `true` if it was lost, and is back.
    fn note(&self, signs: &mut Signs, outcome: &Result<(), Failed>, is_probe: bool) -> bool {
        let link = &self.go.link;
        if is_answered(outcome) {
            (signs.heard, signs.failures) = (Instant::now(), 0);
            let is_back = signs.lost.take().is_some();
            if is_back {
                self.peer.returns(link);
                let (record, routes) = (self.peer.node(), self.peer.routes().len());
                let (node, name) = (self.peer.number, record.name());
                limited!(self.node.log, NodeLinked, node, name, routes);
            }
            return is_back;
        }
        // A handler that hangs keeps other calls from being taken: only a probe tells.
        let is_late = matches!(outcome, Err(Failed::Late));
        signs.failures += u32::from(is_late && is_probe);
        if signs.lost.is_none() && (!is_late || signs.failures >= FAILURES) {
            signs.lost = Some(Instant::now());
            self.peer.leaves(link);
            link.calls.lose_open();
            let end = if is_late { End::Silent } else { End::Broken };
            self.node.ended(Some(self.peer.number), &end);
        }
        false
    }

    /// Takes the outcome of a call to those who wait for it.
    fn finish(&self, work: Work, outcome: Result<(), Failed>) {
        let calls = &self.go.link.calls;
        if let Err(failed) = &outcome {
            tracing::debug!(node = self.peer.number, ?failed, "a call to a node of Go nano failed");
        }
        match (work, outcome) {
            // Its handler has been queued: the reply comes by a call of its own.
            (Work::Request { call, .. } | Work::Notify { call, .. }, Ok(())) => calls.done(call),
            (Work::Request { call, .. } | Work::Notify { call, .. }, Err(failed)) => {
                calls.answer(call, convert::failure(&error_of(&failed)), true);
            }
            (Work::HangUp { session }, _) => self.end(session),
            (Work::Respond { session, .. } | Work::Push { session, .. }, Err(failed)) => {
                if failed.is_client_gone() {
                    self.end(session);
                }
            }
            (Work::Ended { session }, outcome) => {
                if is_answered(&outcome) {
                    self.peer.untold.told(SessionId::from_number(session.cast_unsigned()));
                }
            }
            (Work::Respond { .. } | Work::Push { .. }, Ok(())) => {}
        }
    }

    /// Ends a session of the node's clients.
    fn end(&self, theirs: i64) {
        if let Some(id) = self.go.pairs.end(theirs, Instant::now()) {
            self.sessions.closed(Closed::unknown(id.get()));
        }
    }

    /// Turns a frame into calls.
    fn take(&self, kind: Kind, lanes: &mut Lanes) {
        let GoPeer { pairs, link, .. } = &*self.go;
        match kind {
            Kind::Request(request) => {
                let (session, call) = (request.session, request.id);
                match self.forward(request) {
                    Ok(work) => lanes.add(session, work),
                    Err(error) => drop(link.calls.answer(call, convert::failure(&error), true)),
                }
            }
            Kind::Closed(closed) => {
                lanes.add(closed.session, ended(SessionId::from_number(closed.session)));
            }
            Kind::Answer(answer) => {
                if let Some((id, session, request)) = pairs.answered(answer.id)
                    && let Some(body) = self.reply(id, answer.outcome())
                {
                    lanes.add(id.get(), Work::Respond { session, request, body });
                }
            }
            // Which users its clients are is not known.
            Kind::Push(push) if push.everyone || push.user.is_some() => {}
            Kind::Push(push) => self.push(push, lanes),
            // What other gates are told of a session stays here. Who waits for it goes on.
            Kind::Patch(patch) => {
                link.calls.answer(patch.id, Ok((Content::Nothing, Bytes::new())), true);
            }
            Kind::Close(close) => {
                if let Some(session) = pairs.theirs(SessionId::from_number(close.session)) {
                    lanes.add(close.session, Work::HangUp { session });
                }
            }
            Kind::Leaving(_) => {
                pairs.close();
                link.note_heard();
            }
            Kind::WhoHas(asked) => {
                let gone = Error::new(ErrorKind::Offline, "the users of the node are not known");
                link.calls.answer(asked.id, convert::failure(&gone), true);
            }
            Kind::Done(_)
            | Kind::Ping(_)
            | Kind::Goodbye(_)
            | Kind::Hello(_)
            | Kind::Manifest(_) => {}
        }
    }

    fn forward(&self, request: Request) -> Result<Work> {
        let Request { session, id: call, notify, route, body, .. } = request;
        let route = name_of(route)?;
        let id = SessionId::from_number(session);
        let is_own = self.node.is_own(id);
        if session == 0 {
            let text = "nodes of Go nano take no calls without a session";
            return Err(Error::new(ErrorKind::NoSession, text));
        }
        if !notify && !is_own {
            // It would answer the session's gate.
            return Err(unavailable(
                "a node of Go nano answers only calls for clients of this node",
            ));
        }
        let (gate, session) = if is_own {
            (self.own.clone(), session.cast_signed())
        } else if let Some(go) = id.node().and_then(|number| self.hub.peer(number)) {
            let ended = || Error::new(ErrorKind::Closed, "the session has ended");
            (go.address.clone(), go.pairs.theirs(id).ok_or_else(ended)?)
        } else {
            let gate = id.node().and_then(|number| self.node.gate.peers.get(number));
            let gate = gate.ok_or_else(|| unavailable("the session's node is not known"))?;
            (gate.address.clone(), session.cast_signed())
        };
        Ok(match notify {
            true => Work::Notify { call, gate, session, route, body },
            false => Work::Request { call, gate, session, route, body },
        })
    }

    /// Returns the body of a reply; `None` when the client is to have none.
    fn reply(&self, session: SessionId, outcome: Outcome) -> Option<Bytes> {
        let wire = &self.node.runtime.get()?.wire;
        convert::reply(wire, outcome, |code| {
            limited!(self.node.log, ErrorWithheld, %session, route = "of a gate of Go nano", code);
        })
    }

    fn push(&self, push: Push, lanes: &mut Lanes) {
        let Push { session, route, body, members, .. } = push;
        let Some(runtime) = self.node.runtime.get() else { return };
        let (number, body) = (self.peer.number, convert::readable(&runtime.wire, body));
        let one = (session != 0).then(|| SessionId::from_number(session));
        let many = members.into_iter().map(|counter| SessionId::of_node(number, counter));
        for id in one.into_iter().chain(many) {
            if let Some(session) = self.go.pairs.theirs(id) {
                let (route, body) = (route.clone(), body.clone());
                lanes.add(id.get(), Work::Push { session, route, body });
            }
        }
    }
}

/// The news that a client of this node has gone.
fn ended(session: SessionId) -> Work {
    Work::Ended { session: session.get().cast_signed() }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        let link = &self.go.link;
        self.hub.remove(&self.go);
        self.peer.detach(link);
        self.sessions.end();
        link.calls.lose();
        link.end.cancel();
        link.queue.close();
        self.go.left.cancel();
    }
}
