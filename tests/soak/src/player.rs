//! A well-behaved client, which checks everything that it receives.

mod acts;
mod again;
mod checks;
mod ends;
mod numbered;
mod opening;
mod session;

use std::fmt;
use std::time::Duration;

use anyhow::{Result, bail};
use fastrand::Rng;
use tokio::time::{Instant, sleep, sleep_until};

use crate::connection::{Target, Transport};
use crate::drain::Drain;
use crate::ledger::Ledger;
use crate::protocol::HANDSHAKE_TIMEOUT;
use acts::{Choice, Mails};
use checks::Checks;
pub(crate) use opening::Dialect;
use session::{End, Session};

/// The special habit of a player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    Steady,
    /// It often reads nothing for seconds, while much is sent to it.
    Slow,
    /// It ends its session in every way, and logs in again.
    Reconnecting,
    /// It loses its connection, and comes back to its session.
    Resuming,
}

pub(crate) struct Player {
    pub(crate) uid: u64,
    /// The number of all players, whose users are 1 to this.
    pub(crate) players: u64,
    pub(crate) transport: Transport,
    pub(crate) dialect: Dialect,
    pub(crate) habit: Habit,
    pub(crate) target: Target,
    pub(crate) ledger: Ledger,
    pub(crate) drain: Drain,
    pub(crate) rng: Rng,
}

/// The receive buffer of slow players, so that the server notices soon.
const SMALL_WINDOW: u32 = 8 * 1024;
/// Shorter than the server's interval, as the clock of a busy machine is late.
const BEAT: Duration = Duration::from_secs(8);

/// The count of players whose handshake the server has ended, since it took too long.
pub(crate) const LATE: &str = "late for the handshake";
/// The count of players whose session the server has ended, since they were silent for too long.
pub(crate) const SILENT: &str = "silent for too long";

/// A pause in a session's play.
enum Pause {
    Over,
    Break,
    Ended(End),
}

impl Player {
    /// Plays until a moment, or the drain, in as many sessions as it takes. Begins within a time.
    pub(crate) async fn run(mut self, within: Duration, until: Instant) {
        let mut mails = Mails::default();
        // Not all at the same moment.
        sleep(self.within(within)).await;
        while Instant::now() < until && !self.drain.has_begun() {
            if let Err(error) = self.life(&mut mails, until).await {
                self.ledger.fault(format!("{self}: {error:#}"));
                sleep(Duration::from_secs(1)).await;
            }
            mails.session_ended();
        }
    }

    fn within(&mut self, time: Duration) -> Duration {
        time.mul_f64(self.rng.f64())
    }

    /// Connects, and logs in. `None` when it was too late: the machine is busy.
    async fn begin(&mut self) -> Result<Option<Session>> {
        let since = Instant::now();
        let begun = self.log_in().await;
        self.in_time(since, begun)
    }

    async fn log_in(&mut self) -> Result<Session> {
        let window = (self.habit == Habit::Slow).then_some(SMALL_WINDOW);
        let mut connection = self.target.connect(self.transport, window).await?;
        let mut kept = session::keeps(self.dialect, self.habit == Habit::Resuming);
        let opened = opening::open(&mut connection, self.dialect, kept.as_mut()).await?;
        let (checks, is_staged) = (self.new_checks(), !self.target.is_plain);
        let mut session = Session::new(connection, checks, kept, opened, is_staged);
        session.log_in().await?;
        self.ledger.count("sessions", 1);
        Ok(session)
    }

    /// Returns no session instead of an error if the handshake took longer than the server allows.
    fn in_time(&self, since: Instant, session: Result<Session>) -> Result<Option<Session>> {
        let took = since.elapsed();
        match session {
            Ok(session) => {
                self.ledger.took("handshake and login", took, || self.to_string());
                Ok(Some(session))
            }
            Err(_) if (HANDSHAKE_TIMEOUT..self.target.patience).contains(&took) => {
                self.ledger.count(LATE, 1);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn new_checks(&mut self) -> Checks {
        let secret = format!("{}-{:016x}", self.uid, self.rng.u64(..));
        Checks::new(self.uid, secret, self.habit == Habit::Slow, self.drain.clone())
    }

    /// Plays one session from its beginning to its end, and those that follow it without a gap.
    async fn life(&mut self, mails: &mut Mails, until: Instant) -> Result<()> {
        let mut begun = self.begin().await?;
        while let Some(mut session) = begun {
            let paused = self.play(&mut session, mails, until).await;
            self.note(&mut session);
            self.ledger.count("answered while closing", u64::from(session.checks.is_closing()));
            begun = match paused? {
                Pause::Ended(end) => return self.ended(&session, &end).await,
                Pause::Over => return self.finish(session).await,
                Pause::Break if self.habit == Habit::Resuming => {
                    self.come_back(session, mails).await?
                }
                Pause::Break => self.reconnect(session, mails).await?,
            };
        }
        Ok(())
    }

    /// Moves what a session has counted into the ledger.
    fn note(&self, session: &mut Session) {
        self.ledger.count("replies", std::mem::take(&mut session.replies));
        self.ledger.count("pushes", std::mem::take(&mut session.pushes));
        // A slow player reads its answers late.
        if let Some((time, request)) = session.checks.take_latest()
            && self.habit != Habit::Slow
        {
            self.ledger.took("answer", time, || format!("{request:?}"));
        }
    }

    async fn play(
        &mut self,
        session: &mut Session,
        mails: &mut Mails,
        until: Instant,
    ) -> Result<Pause> {
        let drain = self.drain.clone();
        let _present = drain.enter();
        let now = Instant::now();
        let (mut act_at, mut beat_at) = (now, now + BEAT);
        let break_at = match self.habit {
            Habit::Steady | Habit::Slow => None,
            Habit::Reconnecting | Habit::Resuming => {
                Some(now + Duration::from_secs(2) + self.within(Duration::from_secs(8)))
            }
        };
        loop {
            tokio::select! {
                packet = session.connection.receive() => {
                    let Some(packet) = packet? else { return Ok(Pause::Ended(End::Closed)) };
                    if let Some(end) = session.take(&packet)? {
                        return Ok(Pause::Ended(end));
                    }
                }
                () = sleep_until(act_at) => {
                    let (now, is_settled) = (Instant::now(), drain.is_settled());
                    let is_slow = self.habit == Habit::Slow && !is_settled;
                    let choice = Choice { players: self.players, is_slow, kicks: !is_settled };
                    if let Some(overdue) = session.checks.overdue(self.target.patience) {
                        bail!(overdue);
                    }
                    if now >= until {
                        return Ok(Pause::Over);
                    }
                    if !is_settled && break_at.is_some_and(|at| now >= at) {
                        return Ok(Pause::Break);
                    }
                    let mut acted = Ok(());
                    if now >= beat_at {
                        beat_at = now + BEAT;
                        acted = session.beat(&mut self.rng).await;
                    }
                    for _ in 0..self.rng.u8(1..=4) {
                        if acted.is_ok() {
                            acted = acts::act(session, mails, choice, &mut self.rng).await;
                        }
                    }
                    if acted.is_err() {
                        // What came before the end says why it ended.
                        return session.read_to_end().await.map(Pause::Ended);
                    }
                    if is_slow && self.rng.bool() {
                        sleep(self.within(Duration::from_secs(4))).await;
                    }
                    act_at = Instant::now() + self.within(Duration::from_secs(2));
                }
            }
        }
    }
}

impl fmt::Display for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { uid, habit, dialect, transport, .. } = self;
        write!(f, "player {uid} ({habit:?}, {dialect:?}, {})", transport.name())
    }
}
