//! Sessions that enter and leave rooms on other nodes.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::callers::answer;
use super::calls::Call;
use super::frames::{Kind, Patch, Request, RoomChange, patch, unavailable};
use super::gate::Gate;
use super::names::lasting;
use super::node::Node;
use crate::session::{Depth, RoomEntry, Session, SessionId, There};
use crate::{Error, ErrorKind, Result};

/// The time for which a session that is on its way into a room is watched, when it is to leave that room again.
const WATCHED: Duration = Duration::from_secs(60);

/// The time from one look at it to the next.
const LOOK: Duration = Duration::from_millis(50);

/// A session on its way into a room of another node; no more, when this is dropped.
struct OnItsWay {
    gate: Arc<Gate>,
    session: Session,
    component: &'static str,
    node: u32,
    is_in: bool,
}

impl Gate {
    /// Lets a session enter a room on another node. The session's own node is asked first: it knows of all rooms that the
    /// session is in, and of messages that come from now on, it knows where they go.
    pub(super) async fn enter_there(self: Arc<Self>, entry: RoomEntry<Session>) -> Result<()> {
        let RoomEntry { session, component, node, room, value, depth } = entry;
        depth.check()?;
        match session.link().owner() {
            Some(_) => ask_owner(session.clone(), component, node).await?,
            None => self.reserve_room(&session, component, node)?,
        }
        let mut entering = OnItsWay { gate: self, session, component, node, is_in: false };
        let (call, time) = entering.send(room, value, depth)?;
        answer(Some(call), time).await?;
        entering.is_in = true;
        Ok(())
    }

    /// Notes that a session of this node is about to enter a room on another one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyInRoom`], [`ErrorKind::Closed`], and [`ErrorKind::Unavailable`] when that node cannot be
    /// reached.
    pub(super) fn reserve_room(&self, session: &Session, component: &str, node: u32) -> Result<()> {
        if node == self.own.number() {
            // The room notes it when the session enters. Who is in another one is refused before anything is to be undone.
            return session
                .check_room_free(component, |other| self.peers.is_linked(other.node, other.link));
        }
        let link = self.peers.get(node).and_then(|peer| peer.open_link());
        let link = link.ok_or_else(unreachable)?;
        let component = lasting(component).ok_or_else(|| unavailable("too many components"))?;
        let there = There { node, link: link.epoch };
        session.claim_room_there(component, there, |other| {
            self.peers.is_linked(other.node, other.link)
        })?;
        let travels = self.travels(session)?;
        travels.lock().unwrap_or_else(PoisonError::into_inner).enter(component, node, link.epoch);
        // Its end may have come in between, and has not seen this session.
        if !self.peers.is_linked(node, link.epoch) {
            self.part(session, component, node, false);
            return Err(unreachable());
        }
        Ok(())
    }

    /// Notes that a session of this node is out of a room on another one.
    pub(super) fn free_room(&self, session: &Session, component: &str, node: u32, has_ended: bool) {
        self.part(session, component, node, has_ended);
    }

    fn part(&self, session: &Session, component: &str, node: u32, has_ended: bool) -> Option<u32> {
        let there = session.part_room_there(component, node, has_ended)?;
        if let Ok(travels) = self.travels(session) {
            travels.lock().unwrap_or_else(PoisonError::into_inner).leave(component);
        }
        Some(there)
    }

    /// Lets a session of this node leave a room on a certain node, or on any with 0; `false` when it is in none.
    pub(super) fn leave_there(&self, session: &Session, component: &str, node: u32) -> bool {
        let Some(there) = self.part(session, component, node, false) else { return false };
        if let Some(link) = self.peers.get(there).and_then(|peer| peer.link()) {
            let change = RoomChange { component: component.to_owned(), ..RoomChange::default() };
            let change = Some(patch::Change::LeaveRoom(change));
            link.queue.put(Kind::Patch(Patch { session: session.id().get(), id: 0, change }));
        }
        true
    }
}

impl OnItsWay {
    /// Sends the session to the room's node, and returns the time for the answer.
    fn send(&self, room: u64, value: Bytes, depth: Depth) -> Result<(Call, Duration)> {
        let Self { gate, session, component, node, .. } = self;
        let link = gate.peers.get(*node).and_then(|peer| peer.open_link());
        let link = link.ok_or_else(unreachable)?;
        let late = || Error::new(ErrorKind::Timeout, "no time is left for the entry into a room");
        let until = depth.until.ok_or_else(late)?;
        let time = until.saturating_duration_since(Instant::now());
        let Ok(time_left @ 1..) = u64::try_from(time.as_millis()) else { return Err(late()) };
        let call = link.calls.open(session.id()).ok_or_else(unreachable)?;
        let request = Request {
            session: session.id().get(),
            id: call.id,
            route: (*component).to_owned(),
            body: value,
            time_left,
            calls: depth.calls,
            room: Some(room),
            ..Request::default()
        };
        gate.send_for(Some(session), request, *node, &link)?;
        Ok((call, time))
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if self.is_in {
            return;
        }
        match self.session.link().owner() {
            Some(owner) => owner.leave_room(self.component, self.node),
            None => {
                self.gate.leave_there(&self.session, self.component, self.node);
            }
        }
    }
}

/// Asks the session's own node whether it may enter a room. If nobody waits for the answer any more, it leaves again.
async fn ask_owner(session: Session, component: &'static str, node: u32) -> Result<()> {
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        let Some(owner) = session.link().owner() else { return };
        let asked = owner.enter_room(component, node).await;
        if let Err(Ok(())) = tell.send(asked) {
            owner.leave_room(component, node);
        }
    });
    told.await.unwrap_or_else(|_| Err(unreachable()))
}

fn unreachable() -> Error {
    unavailable("the node of the room cannot be reached")
}

impl Node {
    /// Lets a session leave a room, for another node: a session of this node, or that of another gate, which asks for it.
    pub(super) fn leave_room(
        &self,
        own: Option<Session>,
        session: u64,
        change: RoomChange,
        sender: u32,
    ) {
        let RoomChange { component, node, .. } = change;
        let Some(own) = own else {
            let session = SessionId::from_number(session);
            if let Some(session) =
                self.sessions.get(session).filter(|_| session.node() == Some(sender))
            {
                self.leave_here(session, component);
            }
            return;
        };
        let is_there = self.gate.leave_there(&own, &component, node);
        if !is_there && (node == 0 || node == self.number()) {
            self.leave_here(own, component);
        }
    }

    /// Takes a session out of a room of this node, as soon as it is in.
    fn leave_here(&self, session: Session, component: String) {
        if !session.is_entering(&component) {
            session.leave_named(&component);
            return;
        }
        let end = self.end.clone();
        self.tasks.spawn(async move {
            let until = Instant::now() + WATCHED;
            while session.is_entering(&component) && Instant::now() < until && !end.is_cancelled() {
                sleep(LOOK).await;
            }
            session.leave_named(&component);
        });
    }
}
