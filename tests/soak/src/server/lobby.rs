//! The lobby: logins, echoes, all that goes to one session, and the way to the tables.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nano::{Context, Error, Reply, Result, Session, component};
use tokio::sync::RwLock;

use super::Fault;
use super::census::HOOKS;
use super::known::{Asked, Known};
use super::table::{Counted, Table};
use crate::protocol::{Answer, Ask, Event, ON_PURPOSE, REMINDERS, SoakPush};

/// The way to the tables, which is shut before the drain: `true` from then on. Those on their way hold it.
pub(super) type Gate = Arc<RwLock<bool>>;

pub(super) struct Lobby {
    fault: Option<Fault>,
    gate: Gate,
    /// The requests of a kind with a fault.
    count: AtomicU64,
    leaked: Mutex<Vec<Session>>,
}

impl Lobby {
    pub(super) fn new(gate: Gate, fault: Option<Fault>) -> Self {
        Self { fault, gate, count: AtomicU64::new(0), leaked: Mutex::default() }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Returns `true` for one in `every` requests if the server has this fault.
    fn fails(&self, fault: Fault, every: u64) -> bool {
        self.has(fault) && self.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(every)
    }
}

#[component]
impl Lobby {
    /// A timer of a component, which runs until the server ends.
    #[on(after_init)]
    fn started(&self, ctx: &Context<Self>) -> Result<()> {
        let counted = Counted::new();
        ctx.cron("* * * * * *", move |_| {
            let _ = &counted;
        })?;
        Ok(())
    }

    #[on(session_opened)]
    fn opened(&self) {
        HOOKS.fetch_add(1, Ordering::Relaxed);
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        HOOKS.fetch_sub(1, Ordering::Relaxed);
        if let Some(known) = Known::of(session) {
            known.ended();
        }
        if self.has(Fault::Session) && session.id().get().is_multiple_of(100) {
            self.leaked.lock().unwrap_or_else(PoisonError::into_inner).push(session.clone());
        }
    }

    #[handler(guest)]
    async fn login(&self, session: &Session, ask: Ask) -> Result<Answer> {
        session.insert(Arc::new(Known::new(&ask)));
        session.bind(ask.about.cast_signed()).await?;
        Ok(Asked::new(session, ask)?.answer(0))
    }

    /// Answers with the number of echoes and notifies before it.
    #[handler]
    fn echo(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let mut answer = asked.answer(asked.known.handle());
        if self.fails(Fault::Reply, 1000) {
            answer.secret = "somebody else's".into();
        }
        Ok(answer)
    }

    #[handler]
    fn tell(&self, session: &Session, ask: Ask) -> Result<()> {
        Asked::new(session, ask)?.known.handle();
        Ok(())
    }

    /// As `echo`, and the handler waits in between.
    #[handler]
    async fn ponder(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let count = asked.known.handle();
        tokio::time::sleep(Duration::from_millis(asked.ask.about % 20)).await;
        Ok(asked.answer(count))
    }

    /// Whispers and answers after the handler has returned.
    #[handler]
    fn later(&self, session: &Session, ask: Ask, reply: Reply<Answer>) -> Result<()> {
        let asked = Asked::new(session, ask)?;
        if self.fails(Fault::Silence, 200) {
            std::mem::forget(reply);
            return Ok(());
        }
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(asked.ask.about % 50)).await;
            match asked.known.whisper(&asked.session, 0) {
                Ok(count) => reply.send(asked.answer(count)),
                Err(error) => reply.fail(error),
            }
        });
        Ok(())
    }

    #[handler(concurrent)]
    async fn beside(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        tokio::time::sleep(Duration::from_millis(asked.ask.about % 50)).await;
        Ok(asked.answer(0))
    }

    #[handler]
    fn whisper(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        Ok(asked.answer(asked.known.whisper(session, 0)?))
    }

    #[handler]
    fn burst(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        Ok(asked.answer(asked.known.burst(session, asked.ask.about.min(100))?))
    }

    /// Lets a timer push a few times.
    #[handler]
    fn remind(&self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let answer = asked.answer(0);
        let (counted, mut n) = (Counted::new(), 0);
        let timer = ctx.cron("* * * * * *", move |_| {
            let _ = &counted;
            n += 1;
            let event = Event { source: asked.ask.seq, ..asked.known.event(n, 0) };
            // It fails when the session has ended.
            let _ = SoakPush::to(&asked.session).reminder(&event);
        })?;
        if !self.fails(Fault::Timer, 50) {
            timer.times(REMINDERS);
        }
        Ok(answer)
    }

    #[handler]
    fn refuse(&self, session: &Session, ask: Ask) -> Result<Answer> {
        Asked::new(session, ask)?;
        Err(Error::reject("refused", "as it was asked for"))
    }

    #[handler(guest)]
    fn panic(&self) -> Answer {
        panic!("{ON_PURPOSE}")
    }

    /// Pushes to another user.
    #[handler]
    fn mail(&self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let (to, (life, n)) = (asked.ask.about, asked.ask.mail.unwrap_or_default());
        let event = Event { mail: Some((to, life)), ..Event::of(asked.known.uid, n) };
        SoakPush::to(&ctx.user(to.cast_signed())).mail(&event)?;
        Ok(asked.answer(n))
    }

    #[handler]
    fn kick(&self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let victims = ctx.user(asked.ask.about.cast_signed()).sessions();
        for victim in &victims {
            if let Some(known) = Known::of(victim) {
                known.kick(victim);
            }
        }
        Ok(asked.answer(victims.len() as u64))
    }

    /// Enters a table.
    #[handler]
    async fn find(&self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let gate = self.gate.read().await;
        if *gate {
            return Err(draining());
        }
        let fault = self.fault;
        let seat = ctx.find_or_open(|_| true, || Table::new(fault))?;
        let id = seat.id().get();
        session.enter(seat).await?;
        Ok(asked.answer(id))
    }

    /// Looks on at a table, if there is any.
    #[handler]
    async fn watch(&self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let gate = self.gate.read().await;
        if *gate {
            return Err(draining());
        }
        let tables = ctx.rooms::<Table>()?;
        let all = tables.all();
        if all.is_empty() {
            return Err(Error::reject("no_table", "open one"));
        }
        let table = tables.get(all[asked.ask.about as usize % all.len()].id)?;
        session.spectate(&table).await?;
        Ok(asked.answer(table.id().get()))
    }
}

fn draining() -> Error {
    Error::reject("draining", "the server drains")
}
