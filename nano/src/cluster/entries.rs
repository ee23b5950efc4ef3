//! Sessions that enter and leave rooms on other nodes.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::callers::answer;
use super::calls::Call;
use super::frames::{Kind, Patch, Request, RoomChange, patch, unavailable};
use super::gate::Gate;
use super::linked::Link;
use super::names::lasting;
use super::node::Node;
use crate::session::{Depth, RoomEntry, Session, SessionId, There, new_entry};
use crate::{Error, ErrorKind, Result};

/// A session on its way into a room of another node; no more, when this is dropped.
struct OnItsWay {
    gate: Arc<Gate>,
    session: Session,
    component: &'static str,
    node: u32,
    entry: u64,
    /// The link that the session was sent over.
    sent: Option<Arc<Link>>,
    is_in: bool,
}

impl Gate {
    /// Lets a session enter a room on another node. The session's own node is asked first: it knows of all rooms that the
    /// session is in, and of messages that come from now on, it knows where they go.
    pub(super) async fn enter_there(self: Arc<Self>, entry: RoomEntry<Session>) -> Result<()> {
        let RoomEntry { session, component, node, room, value, depth } = entry;
        depth.check()?;
        let gate = self.clone();
        let (entry, sent) = (new_entry(), None);
        // Before the answer: whoever does not wait for it any more takes the entry back.
        let mut entering = OnItsWay { gate, session, component, node, entry, sent, is_in: false };
        match entering.session.link().owner() {
            Some(owner) => owner.enter_room(component, node, entry).await?,
            None => self.reserve_room(&entering.session, component, node, entry)?,
        }
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
    pub(super) fn reserve_room(
        &self,
        session: &Session,
        component: &str,
        node: u32,
        entry: u64,
    ) -> Result<()> {
        if node == self.own.number() {
            // The room notes it when the session enters. Who is in another one is refused before anything is to be undone.
            return session
                .check_room_free(component, |other| self.peers.is_linked(other.node, other.link));
        }
        let link = self.peers.get(node).and_then(|peer| peer.open_link());
        let link = link.ok_or_else(unreachable)?;
        let component = lasting(component).ok_or_else(|| unavailable("too many components"))?;
        let there = There { node, link: link.epoch };
        let travels = self.travels(session)?;
        // Held until both know it: an exit at the same time is before both, or behind both.
        let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        session.claim_room_there(component, there, entry, |other| {
            self.peers.is_linked(other.node, other.link)
        })?;
        travels.enter(component, node, link.epoch, entry);
        drop(travels);
        // Its end may have come in between, and has not seen this session.
        if !self.peers.is_linked(node, link.epoch) {
            let ended = false;
            self.part(session, &RoomChange { component: component.to_owned(), node, ended, entry });
            return Err(unreachable());
        }
        Ok(())
    }

    /// Notes that a session of this node is out of a room on another one. Returns the node and the number of the entry.
    pub(super) fn part(&self, session: &Session, change: &RoomChange) -> Option<(u32, u64)> {
        let RoomChange { component, node, ended, entry } = change;
        if !session.is_in_room_elsewhere(component) {
            return None;
        }
        let travels = self.travels(session).ok()?;
        let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        let (there, entry) = session.part_room_there(component, *node, *entry, *ended)?;
        travels.leave(component, entry);
        Some((there, entry))
    }

    /// Lets a session of this node leave a room on a certain node, or on any with 0, that it has entered by `entry`, or by any
    /// with 0; `false` when it is in none.
    pub(super) fn leave_there(
        &self,
        session: &Session,
        component: &str,
        node: u32,
        entry: u64,
    ) -> bool {
        let change = RoomChange { component: component.to_owned(), node, ended: false, entry };
        let Some((there, entry)) = self.part(session, &change) else { return false };
        #[cfg(all(test, feature = "testing"))]
        if super::planted::is("lost-exit") {
            return true;
        }
        if let Some(link) = self.peers.get(there).and_then(|peer| peer.link()) {
            ask_to_leave(&link, session, RoomChange { node: 0, entry, ..change });
        }
        true
    }
}

/// Asks the node of a room to let a session leave.
fn ask_to_leave(link: &Link, session: &Session, change: RoomChange) {
    let change = Some(patch::Change::LeaveRoom(change));
    link.queue.put(Kind::Patch(Patch { session: session.id().get(), id: 0, change }));
}

impl OnItsWay {
    /// Sends the session to the room's node, and returns the time for the answer.
    fn send(&mut self, room: u64, value: Bytes, depth: Depth) -> Result<(Call, Duration)> {
        let Self { gate, session, component, node, entry, .. } = self;
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
            route: Bytes::from_static(component.as_bytes()),
            body: value,
            time_left,
            calls: depth.calls,
            room: Some(room),
            entry: *entry,
            ..Request::default()
        };
        gate.send_for(Some(session), request, *node, &link)?;
        self.sent = Some(link);
        Ok((call, time))
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if self.is_in {
            return;
        }
        let Self { gate, session, component, node, entry, .. } = self;
        match session.link().owner() {
            Some(owner) => owner.leave_room(component, *node, *entry),
            None => {
                gate.leave_there(session, component, *node, *entry);
            }
        }
        // Behind the session on its way: it may have come there, or not.
        if let Some(link) = self.sent.take() {
            let component = (*component).to_owned();
            ask_to_leave(
                &link,
                session,
                RoomChange { component, entry: *entry, ..RoomChange::default() },
            );
        }
    }
}

fn unreachable() -> Error {
    unavailable("the node of the room cannot be reached")
}

impl Node {
    /// Lets a session leave a room, for another node. That of another gate leaves if this asks for it, or the node that has
    /// sent it here, which names the entry.
    pub(super) fn leave_room(
        &self,
        own: Option<Session>,
        session: u64,
        change: RoomChange,
        sender: u32,
    ) {
        let RoomChange { component, node, entry, .. } = change;
        let Some(own) = own else {
            let session = self.sessions.get(SessionId::from_number(session));
            let may_ask = |session: &Session| entry != 0 || session.id().node() == Some(sender);
            if let Some(session) = session.filter(may_ask) {
                session.leave_named(&component, entry);
            }
            return;
        };
        let is_there = self.gate.leave_there(&own, &component, node, entry);
        if !is_there && (node == 0 || node == self.number()) {
            own.leave_named(&component, entry);
        }
    }
}
