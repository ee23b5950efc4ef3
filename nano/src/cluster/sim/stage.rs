//! The nodes of the random faults, and their components, which check what comes to them.

use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::players::{Hello, Line, Tell, play};
use super::tables::{Table, Way};
use super::world::{Life, Role};
use super::{observe, tables, users};
use crate::{App, Context, Group, LostRoom, Node, Reply, Result, Session, component};

pub(super) const MASTER: Role = Role { app: |life| app(life), play: |_, _| Box::pin(pending()) };

/// A node with players.
pub(super) const GATE: Role = Role {
    app: |life| app(life).component(Desk(life.clone())).rooms(tables::rooms()),
    play: |life, app| Box::pin(play(life, app)),
};

/// A node with the component that players talk to.
pub(super) const CHAT: Role = Role {
    app: |life| {
        let (life, members, words) = (life.clone(), Group::new(), AtomicU64::new(0));
        app(&life).component(Chat { life, members, words }).rooms(tables::rooms())
    },
    play: |_, _| Box::pin(pending()),
};

/// A node with a component that only components call.
pub(super) const LEDGER: Role = Role {
    app: |life| app(life).component(Ledger(life.clone())),
    play: |_, _| Box::pin(pending()),
};

/// What all nodes have.
fn app(life: &Life) -> App {
    App::new().duplicate_login(users::policy()).component(Watch(life.clone()))
}

impl Life {
    /// Checks that a session is that of the player who sent the message.
    fn check(&self, session: &Session, line: &Line) {
        let told: Option<String> = session.data().get("name").ok().flatten();
        if told.as_ref().is_some_and(|told| *told != line.name) {
            let id = session.id();
            observe::broken(format!(
                "{line:?} comes to session {id} of {told:?} at {:?}",
                self.start
            ));
        }
    }

    /// Checks a message that a gate sent.
    pub(super) fn hears(&self, session: &Session, line: &Line) {
        self.check(session, line);
        let what = format!("messages of session {}", session.id());
        observe::grows(self.start, &what, line.number);
        // A gate goes on with its own clients.
        let node = self.with(|host| host.node.clone()).filter(|_| session.link().owner().is_some());
        if node.is_some_and(|node| node.lease.lapses() <= Instant::now()) {
            observe::broken(format!("{line:?} is handled without a lease at {:?}", self.start));
        }
    }

    fn begins(&self, session: &Session) {
        observe::begins(self.start, &format!("session {}", session.id()));
    }

    fn ends(&self, session: &Session) {
        observe::ends(self.start, &format!("session {}", session.id()));
    }
}

/// The component of all nodes.
struct Watch(Life);

#[component(crate = crate)]
impl Watch {
    #[on(node_joined)]
    fn joined(&self, node: &Node) {
        observe::begins(self.0.start, &format!("node {}", node.number()));
    }

    #[on(node_left)]
    fn left(&self, node: &Node) {
        observe::ends(self.0.start, &format!("node {}", node.number()));
    }
}

/// The component of gates.
struct Desk(Life);

#[component(crate = crate)]
impl Desk {
    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        self.0.begins(session);
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.0.ends(session);
    }

    #[handler]
    fn read(&self, session: &Session) -> Result<Option<u64>> {
        session.data().get("written")
    }

    #[on(room_lost)]
    fn lost(&self, session: &Session, room: LostRoom) {
        tables::lost(session, &room);
    }

    #[handler(timeout = "6s")]
    async fn open(&self, way: Way, ctx: &Context<Self>) -> Result<bool> {
        tables::open(&self.0, way.room, ctx).await
    }

    #[handler(timeout = "6s")]
    async fn enter(&self, session: &Session, way: Way, ctx: &Context<Self>) -> Result<()> {
        tables::enter(session, &way.room, ctx).await
    }

    #[handler]
    fn quit(&self, session: &Session, _line: Line) -> bool {
        session.leave::<Table>()
    }
}

struct Chat {
    life: Life,
    members: Group,
    /// The shouts and the words to users.
    words: AtomicU64,
}

#[component(crate = crate)]
impl Chat {
    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        self.life.begins(session);
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.life.ends(session);
    }

    #[handler(timeout = "6s")]
    async fn hello(&self, session: &Session, hello: Hello) -> Result<()> {
        let Hello { line, uid } = hello;
        self.life.hears(session, &line);
        session.bind(uid.as_str()).await?;
        session.data().set("name", &line.name)?;
        self.members.add(session)
    }

    #[handler]
    fn echo(&self, session: &Session, line: Line) -> u64 {
        self.life.hears(session, &line);
        line.number
    }

    /// Nobody waits for it.
    #[handler]
    fn note(&self, session: &Session, line: Line) {
        self.life.hears(session, &line);
    }

    #[handler]
    fn later(&self, session: &Session, line: Line, reply: Reply<u64>) {
        self.life.hears(session, &line);
        tokio::spawn(async move {
            sleep(Duration::from_millis(50)).await;
            reply.send(line.number);
        });
    }

    #[handler]
    fn write(&self, session: &Session, line: Line) -> Result<u64> {
        self.life.hears(session, &line);
        session.data().set("written", &line.number)?;
        Ok(line.number)
    }

    /// Calls a third node for a player who does not wait, and may be gone by then.
    #[handler]
    fn post(&self, session: &Session, line: Line) {
        self.life.hears(session, &line);
        let caller = session.caller();
        tokio::spawn(async move {
            sleep(Duration::from_millis(20)).await;
            // Nobody hears how it ends.
            let _ = LedgerClient::new(&caller).touch(&line).await;
        });
    }

    /// Calls a third node for the player.
    #[handler]
    async fn relay(&self, session: &Session, line: Line) -> Result<u64> {
        self.life.hears(session, &line);
        sleep(Duration::from_millis(20)).await;
        LedgerClient::new(&session.caller()).touch(&line).await
    }

    #[handler]
    fn whisper(&self, session: &Session, line: Line) -> Result<u64> {
        self.life.hears(session, &line);
        session.push("onWhisper", &line.name)?;
        Ok(line.number)
    }

    #[handler]
    fn shout(&self, session: &Session, line: Line) -> Result<u64> {
        self.life.hears(session, &line);
        let (name, start) = self.life.start;
        let shout = self.words.fetch_add(1, Ordering::Relaxed) + 1;
        self.members.broadcast("onShout", &(format!("{name} {start}"), shout))?;
        Ok(line.number)
    }

    /// Tells a user something. Nobody hears how it ends.
    #[handler]
    fn tell(&self, session: &Session, tell: Tell, ctx: &Context<Self>) -> u64 {
        let Tell { line, uid } = tell;
        self.life.hears(session, &line);
        let (name, start) = self.life.start;
        let word = self.words.fetch_add(1, Ordering::Relaxed) + 1;
        let told = (uid.clone(), format!("{word} of {name} {start}"));
        let _ = ctx.user(uid.as_str()).push("onTold", &told);
        line.number
    }

    #[handler]
    fn oust(&self, session: &Session, tell: Tell, ctx: &Context<Self>) -> u64 {
        self.life.hears(session, &tell.line);
        ctx.user(tell.uid.as_str()).kick("ousted");
        tell.line.number
    }

    #[handler]
    async fn seek(&self, session: &Session, tell: Tell, ctx: &Context<Self>) -> u64 {
        self.life.hears(session, &tell.line);
        ctx.user(tell.uid.as_str()).is_online().await;
        tell.line.number
    }

    #[handler(timeout = "6s")]
    async fn open(&self, session: &Session, way: Way, ctx: &Context<Self>) -> Result<bool> {
        self.life.hears(session, &way.line);
        tables::open(&self.life, way.room, ctx).await
    }

    #[handler(timeout = "6s")]
    async fn enter(&self, session: &Session, way: Way, ctx: &Context<Self>) -> Result<()> {
        self.life.hears(session, &way.line);
        tables::enter(session, &way.room, ctx).await
    }

    #[handler]
    fn quit(&self, session: &Session, line: Line) -> bool {
        self.life.hears(session, &line);
        session.leave::<Table>()
    }

    #[handler(timeout = "3s")]
    async fn stuck(&self, session: &Session, line: Line) -> u64 {
        self.life.hears(session, &line);
        pending().await
    }

    #[handler]
    fn leave(&self, session: &Session, line: Line) {
        self.life.hears(session, &line);
        match line.number % 2 {
            0 => session.close(),
            _ => session.kick("bye"),
        }
    }
}

struct Ledger(Life);

#[component(crate = crate)]
impl Ledger {
    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        self.0.begins(session);
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.0.ends(session);
    }

    #[handler(internal)]
    fn touch(&self, session: &Session, line: Line) -> Result<u64> {
        self.0.check(session, &line);
        session.push("onWhisper", &line.name)?;
        Ok(line.number)
    }
}
