//! The calls of this node's components for handlers of other nodes.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};

use super::calls::{Call, Progress};
use super::frames::{Closed, Kind, Request, SessionState, node_lost, unavailable};
use super::gate::{GRACE, Gate, RemoteRoute};
use super::linked::Link;
use super::peer::Peer;
use super::rendezvous;
use crate::dispatch::Placed;
use crate::error::shown;
use crate::session::{CallTarget, ComponentCall, Session, SessionId};
use crate::{Error, ErrorKind, Result};

/// The place of a call.
enum Place {
    Here,
    There(Arc<Peer>, Arc<Link>),
}

impl Gate {
    /// Takes a call to its node. One for another node is sent at once.
    pub(super) fn take_call(&self, call: ComponentCall<Session>, is_here: bool) -> Placed {
        let Some(route) = self.callable(&call.route) else {
            return match self.elsewhere(&call.target, &call.route) {
                // Also if this node does not have it: it says so.
                None => Placed::Here(call),
                Some(error) => refused(error),
            };
        };
        match self.place(&call.target, &route, is_here) {
            Ok(Place::Here) => Placed::Here(call),
            Ok(Place::There(peer, link)) => match self.send_call(call, &route, &peer, &link) {
                Ok((sent, time)) => Placed::Elsewhere(Box::pin(answer(sent, time))),
                Err(error) => refused(error),
            },
            Err(error) => refused(error),
        }
    }

    fn place(
        &self,
        target: &CallTarget<Session>,
        route: &RemoteRoute,
        is_here: bool,
    ) -> Result<Place> {
        let by_key = |key: u64| {
            let (weight, own) = (|number| rendezvous::weight(key, number), self.own.number());
            let other = route.linked().into_iter().max_by_key(|(peer, _)| weight(peer.number));
            let other = other.filter(|(peer, _)| !is_here || weight(peer.number) > weight(own));
            found(other, is_here)
        };
        match target {
            CallTarget::Any | CallTarget::Session(_) if is_here => Ok(Place::Here),
            CallTarget::Any => {
                let linked = route.linked();
                let turn = self.turn.fetch_add(1, Ordering::Relaxed);
                let at = turn.checked_rem(linked.len()).unwrap_or_default();
                found(linked.into_iter().nth(at), false)
            }
            CallTarget::Number(number) if *number == self.own.number() => Ok(Place::Here),
            CallTarget::Named(name) if *name == self.own.name => Ok(Place::Here),
            CallTarget::Number(number) => {
                self.member(route, |peer| peer.number == *number, || format!("number {number}"))
            }
            CallTarget::Named(name) => {
                self.member(route, |peer| peer.node().name() == name, || format!("name `{name}`"))
            }
            CallTarget::Key(key) => by_key(rendezvous::number(key)),
            // Only its gate knows the nodes of its components; by this they agree, unless the gate was told otherwise.
            CallTarget::Session(session) if session.link().owner().is_some() => {
                by_key(session.id().get())
            }
            CallTarget::Session(session) => {
                let (peer, link) = route.choose(session, &*self.travels(session)?, &self.peers)?;
                Ok(Place::There(peer.clone(), link))
            }
        }
    }

    /// Returns why a call that names another node cannot be made, for a route that no other node has told of.
    fn elsewhere(&self, target: &CallTarget<Session>, route: &str) -> Option<Error> {
        let (is_other, shown) = match target {
            CallTarget::Number(number) => {
                (*number != self.own.number(), format!("number {number}"))
            }
            CallTarget::Named(name) => (*name != self.own.name, format!("name `{name}`")),
            _ => return None,
        };
        let reached = self.peers.all().iter().any(|peer| {
            let is_asked = match target {
                CallTarget::Number(number) => peer.number == *number,
                CallTarget::Named(name) => peer.node().name() == name,
                _ => false,
            };
            is_asked && peer.open_link().is_some()
        });
        is_other.then(|| match reached {
            true => no_route(&shown, route),
            false => unavailable(format!("the node with the {shown} cannot be reached")),
        })
    }

    /// Finds the node that was asked for.
    fn member(
        &self,
        route: &RemoteRoute,
        is_asked: impl Fn(&Peer) -> bool,
        shown: impl Fn() -> String,
    ) -> Result<Place> {
        let Some(peer) = self.peers.all().iter().find(|peer| is_asked(peer)).cloned() else {
            return Err(unavailable(format!("no other node has the {}", shown())));
        };
        let Some(link) = peer.open_link() else {
            return Err(unavailable(format!("the node with the {} cannot be reached", shown())));
        };
        if !route.nodes.iter().any(|other| Arc::ptr_eq(other, &peer)) {
            return Err(no_route(&shown(), route.name));
        }
        Ok(Place::There(peer, link))
    }

    /// Sends a call, and returns the time for its answer; no open call for a notify.
    fn send_call(
        &self,
        call: ComponentCall<Session>,
        route: &RemoteRoute,
        peer: &Peer,
        link: &Arc<Link>,
    ) -> Result<(Option<Call>, Duration)> {
        let ComponentCall { body, is_notify, target, depth, .. } = call;
        let left = depth.until.map(|until| until.saturating_duration_since(Instant::now()));
        let time = left.map_or(route.timeout, |left| left.min(route.timeout));
        let Ok(time_left @ 1..) = u64::try_from(time.as_millis()) else {
            return Err(Error::new(ErrorKind::Timeout, "no time is left for the call"));
        };
        let id = target.session().map_or(SessionId::from_number(0), Session::id);
        let sent = match is_notify {
            true => None,
            false => Some(link.calls.open(id).ok_or_else(|| unavailable("the link has ended"))?),
        };
        let mut request = Request {
            session: id.get(),
            id: sent.as_ref().map_or(0, |sent| sent.id),
            notify: is_notify,
            route: route.name.to_owned(),
            body,
            time_left,
            state: None,
            calls: depth.calls,
        };
        let full = |_| unavailable("too much waits for the node");
        let Some(session) = target.session() else {
            link.queue.offer(Kind::Request(request)).map_err(full)?;
            return Ok((sent, time));
        };
        let travels = self.travels(session)?;
        // Held until the link has it: a later message relies on the state in this one.
        let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        // The gate has its own state.
        let is_gate = session.id().node() == Some(peer.number);
        let known = (link.epoch, session.version());
        let mut now_known = known;
        if !is_gate && travels.known.get(&peer.number) != Some(&known) {
            let (state, version) = SessionState::of(session);
            (request.state, now_known.1) = (Some(state), version);
        }
        link.queue.offer(Kind::Request(request)).map_err(full)?;
        if !is_gate {
            travels.known.insert(peer.number, now_known);
            drop(travels);
            // Its end may have come in between, when this node was not known yet.
            if session.link().owner().is_none() && session.has_ended() {
                link.queue.put(Kind::Closed(Closed { session: session.id().get() }));
            }
        }
        Ok((sent, time))
    }
}

fn no_route(node: &str, route: &str) -> Error {
    let route = shown(route);
    Error::new(ErrorKind::NotFound, format!("the node with the {node} has no route `{route}`"))
}

fn found(other: Option<(&Arc<Peer>, Arc<Link>)>, is_here: bool) -> Result<Place> {
    match other {
        Some((peer, link)) => Ok(Place::There(peer.clone(), link)),
        None if is_here => Ok(Place::Here),
        None => Err(unavailable("no node that has the route can be reached")),
    }
}

fn refused(error: Error) -> Placed {
    let refused: Pin<Box<dyn Future<Output = Result<Bytes>> + Send>> = Box::pin(ready(Err(error)));
    Placed::Elsewhere(refused)
}

/// Waits for the answer to a call.
async fn answer(sent: Option<Call>, time: Duration) -> Result<Bytes> {
    let Some(sent) = sent else { return Ok(Bytes::new()) };
    let answered = async {
        match sent.progress().await {
            Progress::Answered(Ok((_, body))) => Ok(body),
            Progress::Answered(Err(failure)) => Err(failure.into_own_error()),
            Progress::Done => Err(Error::new(ErrorKind::NoReply, "the call was not answered")),
            Progress::Lost => Err(node_lost()),
        }
    };
    let late = || Error::new(ErrorKind::Timeout, "the answer of the node is late");
    timeout(time + GRACE, answered).await.unwrap_or_else(|_| Err(late()))
}
