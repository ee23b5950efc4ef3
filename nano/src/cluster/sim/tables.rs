//! The named rooms of the random faults, and what is promised about them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::observe;
use super::players::Line;
use super::world::{Life, World};
use crate::{
    Component, Context, ErrorKind, LeaveReason, LostRoom, Result, RoomType, Session, component,
};

/// The names of rooms.
pub(super) const NAMES: [&str; 4] = ["ash", "birch", "cedar", "elm"];

/// The time for which a room without members stays.
const EMPTY: Duration = Duration::from_secs(4);

thread_local! {
    /// The sessions that have asked for an entry since they were last told of a lost room.
    static ENTERING: RefCell<BTreeSet<u64>> = RefCell::default();
}

/// A message that asks for a room.
#[derive(Serialize, Deserialize)]
pub(super) struct Way {
    pub(super) line: Line,
    pub(super) room: String,
}

/// What the members of a room are told: its name, which one it is, and the number of the message.
pub(super) type Said = (String, String, u64);

pub(super) struct Table {
    life: Life,
    name: String,
    said: u64,
}

#[component(crate = crate, room)]
impl Table {
    #[on(enter)]
    fn entered(&mut self, session: &Session, ctx: &Context<Self>) {
        observe::begins(self.life.start, &seat(session.id().get(), ctx.id().get()));
    }

    #[on(leave)]
    fn left(&mut self, session: &Session, _reason: LeaveReason, ctx: &Context<Self>) {
        observe::ends(self.life.start, &seat(session.id().get(), ctx.id().get()));
    }

    #[handler]
    fn say(&mut self, session: &Session, line: Line, ctx: &Context<Self>) -> Result<(String, u64)> {
        self.life.hears(session, &line);
        self.said += 1;
        let which = format!("{} of {:?}", ctx.id().get(), self.life.start);
        let said: Said = (self.name.clone(), which, self.said);
        ctx.members().broadcast("onSay", &said)?;
        Ok((self.name.clone(), line.number))
    }

    #[handler]
    fn quit(&self, session: &Session, line: Line) -> bool {
        self.life.hears(session, &line);
        session.leave::<Self>()
    }
}

/// What a session has in a room.
fn seat(session: u64, room: u64) -> String {
    format!("seat of session {session} in room {room}")
}

pub(super) fn rooms() -> RoomType<Table> {
    RoomType::new().close_when_empty(EMPTY)
}

/// Begins with nobody on the way.
pub(super) fn begin() {
    ENTERING.take();
}

/// Opens a room; `false` when there is one of this name.
pub(super) async fn open<C: Component>(
    life: &Life,
    name: String,
    ctx: &Context<C>,
) -> Result<bool> {
    let table = Table { life: life.clone(), name: name.clone(), said: 0 };
    match ctx.open_named(name.as_str(), table).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::RoomNameTaken => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) async fn enter<C: Component>(
    session: &Session,
    name: &str,
    ctx: &Context<C>,
) -> Result<()> {
    ENTERING.with_borrow_mut(|entering| entering.insert(session.id().get()));
    session.enter(&ctx.find::<Table>(name).await?).await
}

/// Notes that a session is told of a lost room.
pub(super) fn lost(session: &Session, room: &LostRoom) {
    let (id, node) = (session.id().get(), room.node());
    observe::event(&format!("session {id} has lost its room of node {node}"));
    if !ENTERING.with_borrow_mut(|entering| entering.remove(&id)) {
        observe::broken(format!("session {id} is told twice of one lost room of node {node}"));
    }
}

/// Returns two nodes of one view that have a room of one name, by what they were granted.
pub(super) fn doubled(world: &World, nodes: &[&'static str]) -> Option<String> {
    let all = nodes.iter().filter_map(|name| world.of(name, |host| host.node.clone()));
    let all: Vec<_> = all.collect();
    let newest =
        all.iter().map(|node| node.view.borrow().clone()).max_by_key(|view| view.revision())?;
    let members: BTreeSet<_> = newest.nodes().iter().map(crate::Node::number).collect();
    let mut holders = BTreeMap::new();
    for claim in all.iter().flat_map(|node| node.holding.room_claims()) {
        let holder = claim.holder();
        if !members.contains(&holder.node()) {
            continue;
        }
        if let Some(other) = holders.insert(claim.name().to_owned(), holder.node()) {
            return Some(format!(
                "{} is held by the nodes {other} and {}, which are in one view",
                claim.name(),
                holder.node()
            ));
        }
    }
    None
}

/// Returns what is odd about rooms: the members are the sessions that have entered, and both sides know so.
pub(super) fn odd(world: &World, nodes: &[&'static str], odd: &mut BTreeSet<String>) {
    let mut seats = BTreeSet::new();
    let mut up = BTreeMap::new();
    for name in nodes {
        let Some(node) = world.of(name, |host| host.node.clone()) else { continue };
        let number = node.number();
        let begun = observe::unended(world.start_of(name));
        let texts: Vec<_> = begun.iter().filter(|what| what.starts_with("seat")).collect();
        for text in &texts {
            let session = text.split(' ').nth(3).and_then(|id| id.parse::<u64>().ok());
            seats.extend(session.map(|session| (session, number)));
        }
        let tables = world.of(name, |host| host.tables.clone());
        for info in tables.iter().flat_map(|tables| tables.list()) {
            let Some(table) = tables.as_ref().and_then(|tables| tables.get(info.id).ok()) else {
                continue;
            };
            let suffix = format!(" in room {}", info.id.get());
            let entered = texts.iter().filter(|text| text.ends_with(&suffix)).count();
            let members = table.members().len();
            if members != entered {
                odd.insert(format!(
                    "room {} at {name} has {members} members, and {entered} sessions have entered",
                    info.id.get()
                ));
            }
        }
        up.insert(number, node);
    }
    for (session, number) in &seats {
        let gate = up.iter().find_map(|(_, node)| {
            node.session(*session).filter(|own| own.link().owner().is_none())
        });
        let Some(own) = gate.filter(|own| !own.is_closed()) else {
            odd.insert(format!("session {session} has ended, and has a seat at node {number}"));
            continue;
        };
        // A room of its own gate has no place elsewhere.
        let is_elsewhere = own.id().node() != Some(*number);
        if is_elsewhere && !own.is_in_room_elsewhere("table") {
            odd.insert(format!("session {session} has left, and has a seat at node {number}"));
        }
    }
    for (number, node) in &up {
        for (session, travels) in node.gate.sessions().iter() {
            let travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(chosen) = travels.chosen.get("table").filter(|chosen| chosen.room != 0) else {
                continue;
            };
            // The room of a link that has ended is lost, and stays there as one that has closed.
            let is_linked = node.gate.peers.is_linked(chosen.node, chosen.room);
            if is_linked && !seats.contains(&(session.get(), chosen.node)) {
                odd.insert(format!(
                    "session {} of node {number} is in a room of node {}, which knows nothing of it",
                    session.get(), chosen.node
                ));
            }
        }
    }
}
