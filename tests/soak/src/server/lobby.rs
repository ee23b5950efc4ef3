//! The lobby: logins, echoes, and all that goes to one session.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nano::{Context, Error, Reply, Result, Session, component};

use super::Fault;
use super::census::{HOOKS, KNOWN};
use super::table::Table;
use crate::protocol::{Answer, Ask, Event, KICKED, ON_PURPOSE, SoakPush};

/// The length of the larger pushes.
const LARGE: usize = 2000;

/// The server's knowledge of a session.
pub(super) struct Known {
    secret: String,
    uid: u64,
    /// The echoes and notifies that it has sent.
    handled: AtomicU64,
    /// The numbers of its last whisper, latest and lossy push.
    pushed: Mutex<[u64; 3]>,
}

impl Known {
    fn of(session: &Session) -> Result<Arc<Self>> {
        session.get().ok_or_else(|| Error::reject("unknown", "log in first"))
    }

    /// The answer to a message of a session.
    pub(super) fn answer(session: &Session, ask: &Ask, count: u64) -> Result<Answer> {
        Ok(Self::of(session)?.reply(session, ask, count))
    }

    /// The answer to a message, made when all that the message asks for is done: a session that is open then received
    /// all of it.
    fn reply(&self, session: &Session, ask: &Ask, count: u64) -> Answer {
        let (secret, is_closing) = (self.secret.clone(), session.is_closed());
        Answer { secret, seq: ask.seq, count, is_closing }
    }

    /// Sends a whisper, and returns its number.
    fn whisper(&self, session: &Session, pad: usize) -> Result<u64> {
        // The lock keeps the numbers in the order of the pushes.
        let mut pushed = self.pushed.lock().unwrap_or_else(PoisonError::into_inner);
        pushed[0] += 1;
        SoakPush::to(session).whisper(&self.event(pushed[0], pad))?;
        Ok(pushed[0])
    }

    /// Sends a last whisper, and kicks the session with the number of it: no whisper comes in between. Does nothing to a
    /// session that is closing.
    fn kick(&self, session: &Session) {
        let mut pushed = self.pushed.lock().unwrap_or_else(PoisonError::into_inner);
        pushed[0] += 1;
        if SoakPush::to(session).whisper(&self.event(pushed[0], 0)).is_ok() {
            session.kick(format!("{KICKED}{}", pushed[0]));
        }
    }

    /// Sends pushes of all classes. Returns the number of the last latest one.
    fn burst(&self, session: &Session, count: u64) -> Result<u64> {
        for _ in 0..count {
            let mut pushed = self.pushed.lock().unwrap_or_else(PoisonError::into_inner);
            pushed[1] += 1;
            SoakPush::to(session).latest(&self.event(pushed[1], LARGE))?;
            pushed[2] += 1;
            SoakPush::to(session).lossy(&self.event(pushed[2], LARGE))?;
        }
        self.whisper(session, LARGE)?;
        Ok(self.pushed.lock().unwrap_or_else(PoisonError::into_inner)[1])
    }

    fn event(&self, n: u64, pad: usize) -> Event {
        let secret = self.secret.clone();
        Event { secret, source: 0, mail: None, n, pad: "x".repeat(pad) }
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        KNOWN.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(super) struct Lobby {
    fault: Option<Fault>,
    echoes: AtomicU64,
    leaked: Mutex<Vec<Session>>,
}

impl Lobby {
    pub(super) fn new(fault: Option<Fault>) -> Self {
        Self { fault, echoes: AtomicU64::new(0), leaked: Mutex::default() }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }
}

#[component]
impl Lobby {
    #[on(session_opened)]
    fn opened(&self) {
        HOOKS.fetch_add(1, Ordering::Relaxed);
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        HOOKS.fetch_sub(1, Ordering::Relaxed);
        if self.has(Fault::Session) && session.id().get().is_multiple_of(100) {
            self.leaked.lock().unwrap_or_else(PoisonError::into_inner).push(session.clone());
        }
    }

    #[handler(guest)]
    async fn login(&self, session: &Session, ask: Ask) -> Result<Answer> {
        KNOWN.fetch_add(1, Ordering::Relaxed);
        let known = Arc::new(Known {
            secret: ask.secret.clone(),
            uid: ask.about,
            handled: AtomicU64::new(0),
            pushed: Mutex::default(),
        });
        session.insert(known);
        session.bind(ask.about.cast_signed()).await?;
        Known::answer(session, &ask, 0)
    }

    /// Answers with the number of echoes and notifies before it.
    #[handler]
    fn echo(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let known = Known::of(session)?;
        let mut answer =
            known.reply(session, &ask, known.handled.fetch_add(1, Ordering::Relaxed) + 1);
        let echoes = self.echoes.fetch_add(1, Ordering::Relaxed);
        if self.has(Fault::Reply) && echoes.is_multiple_of(1000) {
            answer.secret = "somebody else's".into();
        }
        Ok(answer)
    }

    #[handler]
    fn tell(&self, session: &Session, _: Ask) -> Result<()> {
        Known::of(session)?.handled.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// As `echo`, and the handler waits in between.
    #[handler]
    async fn ponder(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let known = Known::of(session)?;
        let count = known.handled.fetch_add(1, Ordering::Relaxed) + 1;
        tokio::time::sleep(Duration::from_millis(ask.about % 20)).await;
        Ok(known.reply(session, &ask, count))
    }

    /// Whispers and answers after the handler has returned.
    #[handler]
    fn later(&self, session: &Session, ask: Ask, reply: Reply<Answer>) -> Result<()> {
        let (known, session) = (Known::of(session)?, session.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(ask.about % 50)).await;
            match known.whisper(&session, 0) {
                Ok(count) => reply.send(known.reply(&session, &ask, count)),
                Err(error) => reply.fail(error),
            }
        });
        Ok(())
    }

    #[handler(concurrent)]
    async fn beside(&self, session: &Session, ask: Ask) -> Result<Answer> {
        tokio::time::sleep(Duration::from_millis(ask.about % 50)).await;
        Known::answer(session, &ask, 0)
    }

    #[handler]
    fn whisper(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let known = Known::of(session)?;
        let count = known.whisper(session, 0)?;
        Ok(known.reply(session, &ask, count))
    }

    #[handler]
    fn burst(&self, session: &Session, ask: Ask) -> Result<Answer> {
        let known = Known::of(session)?;
        let count = known.burst(session, ask.about.min(100))?;
        Ok(known.reply(session, &ask, count))
    }

    #[handler]
    fn refuse(&self, _: Ask) -> Result<Answer> {
        Err(Error::reject("refused", "as it was asked for"))
    }

    #[handler(guest)]
    fn panic(&self) -> Answer {
        panic!("{ON_PURPOSE}")
    }

    /// Pushes to another user.
    #[handler]
    fn mail(&self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let known = Known::of(session)?;
        let (life, n) = ask.mail.unwrap_or_default();
        let event = Event { mail: Some((ask.about, life)), ..Event::of(known.uid, n) };
        SoakPush::to(&ctx.user(ask.about.cast_signed())).mail(&event)?;
        Ok(known.reply(session, &ask, n))
    }

    #[handler]
    fn kick(&self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let victims = ctx.user(ask.about.cast_signed()).sessions();
        for victim in &victims {
            Known::of(victim)?.kick(victim);
        }
        Known::answer(session, &ask, victims.len() as u64)
    }

    /// Enters a table.
    #[handler]
    async fn find(&self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let seat = ctx.find_or_open(|_| true, Table::default)?;
        let id = seat.id().get();
        session.enter(seat).await?;
        Known::answer(session, &ask, id)
    }
}
