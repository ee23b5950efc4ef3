//! The calls of this node's components for handlers of other nodes.

use std::future::ready;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};

use super::calls::{Call, Progress};
use super::frames::{Closed, Kind, Request, node_lost, unavailable};
use super::gate::{GRACE, Gate, RemoteRoute};
use super::linked::Link;
use super::peer::Peer;
use super::rendezvous;
use crate::dispatch::Placed;
use crate::error::shown;
use crate::session::{CallTarget, ComponentCall, Session, SessionId};
use crate::{Error, ErrorKind, Result};

/// The place of a call.
enum Place<'a> {
    Here,
    There(&'a RemoteRoute, Arc<Peer>, Arc<Link>),
}

impl Gate {
    /// Takes a call to its node. One for another node is sent at once.
    pub(super) fn take_call(&self, call: ComponentCall<Session>, is_here: bool) -> Placed {
        let route = self.callable(&call.route);
        let mut left = route.as_ref().map_or(0, |route| route.nodes.len());
        let sent = loop {
            let (route, peer, link) = match self.place(&call, route.as_deref(), is_here) {
                Ok(Place::Here) => return Placed::Here(call),
                Ok(Place::There(route, peer, link)) => (route, peer, link),
                Err(error) => break Err(error),
            };
            match self.send_call(&call, route, &peer, &link) {
                // It leaves since it was chosen: it has not got the call, and another node may.
                Err(_) if left > 1 && link.takes_nothing() => left -= 1,
                sent => break sent,
            }
        };
        match sent {
            Ok((sent, time)) => Placed::Elsewhere(Box::pin(answer(sent, time))),
            Err(error) => Placed::Elsewhere(Box::pin(ready(Err(error)))),
        }
    }

    /// Chooses the node. `route` is that of other nodes, if any has told of it.
    fn place<'a>(
        &self,
        call: &ComponentCall<Session>,
        route: Option<&'a RemoteRoute>,
        is_here: bool,
    ) -> Result<Place<'a>> {
        let by_key = |route: &'a RemoteRoute, key: u64| {
            let (weight, own) = (|number| rendezvous::weight(key, number), self.own.number());
            let other = route.linked().into_iter().max_by_key(|(peer, _)| weight(peer.number));
            let other = other.filter(|(peer, _)| !is_here || weight(peer.number) > weight(own));
            found(route, other, is_here)
        };
        match (&call.target, route) {
            (CallTarget::Number(number) | CallTarget::Room(number, _), _)
                if *number == self.own.number() =>
            {
                Ok(Place::Here)
            }
            // It was found before this node had joined.
            (CallTarget::Room(0, _), _) => Ok(Place::Here),
            (CallTarget::Named(name), _) if self.own.is_named(name) => Ok(Place::Here),
            (CallTarget::Number(number) | CallTarget::Room(number, _), _) => {
                member(self.peers.get(*number), call, route, || format!("number {number}"))
            }
            (CallTarget::Named(name), _) => {
                let peers = self.peers.all();
                let peer = peers.iter().find(|peer| peer.node().name() == name).cloned();
                member(peer, call, route, || format!("name `{name}`"))
            }
            // Also if this node does not have it: it says so.
            (_, None) => Ok(Place::Here),
            (CallTarget::Any | CallTarget::Session(_), _) if is_here => Ok(Place::Here),
            (CallTarget::Any, Some(route)) => {
                let linked = route.linked();
                let turn = self.turn.fetch_add(1, Ordering::Relaxed);
                let at = turn.checked_rem(linked.len()).unwrap_or_default();
                found(route, linked.into_iter().nth(at), false)
            }
            (CallTarget::LeastLoaded, Some(route)) => {
                found(route, self.least_loaded(route, is_here), is_here)
            }
            (CallTarget::Key(key), Some(route)) => by_key(route, rendezvous::number(key)),
            // Only its gate knows the nodes of its components; by this they agree, unless the gate was told otherwise.
            (CallTarget::Session(session), Some(route)) if session.link().owner().is_some() => {
                by_key(route, session.id().get())
            }
            (CallTarget::Session(session), Some(route)) => {
                let (peer, link) = route.choose(session, &*self.travels(session)?, &self.peers)?;
                Ok(Place::There(route, peer.clone(), link))
            }
        }
    }

    /// Chooses the node with the least load, and counts the call there; `None` for this one.
    fn least_loaded<'a>(
        &self,
        route: &'a RemoteRoute,
        is_here: bool,
    ) -> Option<(&'a Arc<Peer>, Arc<Link>)> {
        // Nodes of Go nano do not tell theirs.
        let load = |peer: &Peer| (peer.is_go, peer.load.get());
        let other = route.linked().into_iter().min_by_key(|(peer, _)| load(peer));
        let other = other.filter(|(peer, _)| !is_here || load(peer) < (false, self.load.get()));
        other.as_ref().map_or(&self.load, |(peer, _)| &peer.load).place();
        other
    }

    /// Sends a call, and returns the time for its answer; no open call for a notify.
    fn send_call(
        &self,
        call: &ComponentCall<Session>,
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
        let room = match target {
            CallTarget::Room(_, room) => Some(*room),
            _ => None,
        };
        let id = target.session().map_or(SessionId::from_number(0), Session::id);
        let gate = id.node().and_then(|gate| self.peers.get(gate));
        if gate.is_some_and(|gate| gate.is_go) && !peer.is_go {
            return Err(unavailable("only this node and nodes of Go nano know the session's gate"));
        }
        let sent = match is_notify {
            true => None,
            false => Some(link.calls.open(id).ok_or_else(|| unavailable("the link has ended"))?),
        };
        let request = Request {
            session: id.get(),
            id: sent.as_ref().map_or(0, |sent| sent.id),
            notify: *is_notify,
            route: Bytes::from_static(route.name.as_bytes()),
            body: body.clone(),
            time_left,
            state: None,
            calls: depth.calls,
            room,
            entry: 0,
        };
        self.send_for(target.session(), request, peer.number, link)?;
        Ok((sent, time))
    }

    /// Sends the call of a component, with the state of its session if the node does not know it.
    pub(super) fn send_for(
        &self,
        session: Option<&Session>,
        request: Request,
        node: u32,
        link: &Link,
    ) -> Result<()> {
        // The gate has its own state.
        let Some(session) = session.filter(|session| session.id().node() != Some(node)) else {
            return link.send(request);
        };
        let travels = self.travels(session)?;
        // Held until the link has it: a later message relies on the state in this one.
        let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        travels.send(session, node, link, request)?;
        drop(travels);
        // Its end may have come in between, when this node was not known yet.
        if session.link().owner().is_none() && session.has_ended() {
            link.queue.put(Kind::Closed(Closed::of(session)));
        }
        Ok(())
    }
}

/// Finds the way to the node that was asked for.
fn member<'a>(
    peer: Option<Arc<Peer>>,
    call: &ComponentCall<Session>,
    route: Option<&'a RemoteRoute>,
    shown: impl Fn() -> String,
) -> Result<Place<'a>> {
    let Some(peer) = peer else {
        return Err(unavailable(format!("no other node has the {}", shown())));
    };
    let Some(link) = peer.open_link() else {
        return Err(unavailable(format!("the node with the {} cannot be reached", shown())));
    };
    match route {
        Some(route) if route.nodes.iter().any(|other| Arc::ptr_eq(other, &peer)) => {
            Ok(Place::There(route, peer, link))
        }
        _ => Err(no_route(&shown(), &call.route)),
    }
}

fn no_route(node: &str, route: &str) -> Error {
    let route = shown(route);
    Error::new(ErrorKind::NotFound, format!("the node with the {node} has no route `{route}`"))
}

fn found<'a>(
    route: &'a RemoteRoute,
    other: Option<(&Arc<Peer>, Arc<Link>)>,
    is_here: bool,
) -> Result<Place<'a>> {
    match other {
        Some((peer, link)) => Ok(Place::There(route, peer.clone(), link)),
        None if is_here => Ok(Place::Here),
        None => Err(unavailable("no node that has the route can be reached")),
    }
}

/// Waits for the answer to a call.
pub(super) async fn answer(sent: Option<Call>, time: Duration) -> Result<Bytes> {
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
