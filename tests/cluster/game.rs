//! The components of the nodes.

use std::time::Duration;

use bytes::Bytes;
use nano::{Context, Error, LeaveReason, Node, Result, Session, component};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::node::{Fact, tell};

/// What every node has: it tells of sessions and of other nodes.
pub(crate) struct Watch;

#[component]
impl Watch {
    #[on(node_joined)]
    fn joined(&self, node: &Node) {
        tell(&Fact::Joined { number: node.number(), name: node.name().to_owned() });
    }

    #[on(node_left)]
    fn left(&self, node: &Node) {
        tell(&Fact::Left { number: node.number(), name: node.name().to_owned() });
    }

    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        tell(&Fact::Opened { session: session.id().get() });
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        tell(&Fact::Closed { session: session.id().get() });
    }
}

/// The handlers of the backends.
pub(crate) struct Desk {
    node: String,
}

impl Desk {
    pub(crate) fn new(node: &str) -> Self {
        Self { node: node.to_owned() }
    }
}

#[component]
impl Desk {
    /// Answers with the name of the node.
    #[handler]
    fn echo(&self, number: u64) -> (String, u64) {
        (self.node.clone(), number)
    }

    /// The same, and tells the test of it.
    #[handler]
    fn note(&self, number: u64) -> (String, u64) {
        tell(&Fact::Noted { number });
        (self.node.clone(), number)
    }

    /// Tells the test of it, and never answers.
    #[handler]
    async fn stuck(&self, number: u64) {
        tell(&Fact::Noted { number });
        std::future::pending::<()>().await;
    }

    /// Pushes and answers after so many milliseconds.
    #[handler]
    async fn late(&self, session: &Session, millis: u64) -> Result<()> {
        sleep(Duration::from_millis(millis)).await;
        session.push("onLate", &millis)
    }

    /// Takes a large body.
    #[handler(concurrent)]
    fn swallow(&self, body: Bytes) -> usize {
        body.len()
    }

    /// Pushes so many numbers in a row, so many a second, and says how many of them were refused.
    #[handler(concurrent, timeout = "120s")]
    async fn stream(&self, session: &Session, (count, per_second): (u64, u64)) -> u64 {
        let mut ticks = interval(Duration::from_millis(5));
        // What was missed is made up for.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (mut next, mut refused, at_once) = (0, 0, per_second / 200);
        while next < count {
            ticks.tick().await;
            for number in next..(next + at_once).min(count) {
                refused += u64::from(session.push("onNumber", &number).is_err());
            }
            next += at_once;
        }
        refused
    }

    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> Result<()> {
        session.bind(uid).await
    }

    /// Opens a zone on this node, whose name no other zone has.
    #[handler]
    async fn open(&self, zone: String, ctx: &Context<Self>) -> Result<()> {
        ctx.open_named(&*zone, Zone { name: zone.clone() }).await.map(drop)
    }

    /// Enters a zone, and says which node has it.
    #[handler]
    async fn enter(&self, session: &Session, zone: String, ctx: &Context<Self>) -> Result<u32> {
        let zone = ctx.find::<Zone>(&zone).await?;
        session.enter(&zone).await?;
        Ok(zone.node())
    }
}

/// A room with a name.
pub(crate) struct Zone {
    name: String,
}

#[component(room)]
impl Zone {
    /// Answers with the number of members.
    #[handler]
    fn count(&self, ctx: &Context<Self>) -> usize {
        ctx.members().len()
    }

    #[on(leave)]
    fn left(&self, session: &Session, reason: LeaveReason) {
        let (room, session) = (self.name.clone(), session.id().get());
        tell(&Fact::Out { room, session, reason: format!("{reason:?}") });
    }

    #[on(close)]
    fn closed(&self) {
        tell(&Fact::RoomClosed { room: self.name.clone() });
    }
}

/// The code of an error: that of the other side, or its kind.
pub(crate) fn code(error: &Error) -> String {
    error.code().map_or_else(|| format!("{:?}", error.kind()), str::to_owned)
}
