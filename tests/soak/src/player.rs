//! A well-behaved client, which checks everything that it receives.

mod acts;
mod checks;
mod numbered;
mod opening;
mod session;

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fastrand::Rng;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::connection::{PATIENCE, Target, Transport};
use crate::ledger::Ledger;
use crate::packet::{DATA, KICK, packet};
use crate::protocol::KICKED;
use acts::Mails;
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
    pub(crate) rng: Rng,
}

/// The receive buffer of slow players, so that the server notices soon.
const SMALL_WINDOW: u32 = 8 * 1024;
/// Shorter than the server's interval, as the clock of a busy machine is late.
const BEAT: Duration = Duration::from_secs(8);

/// A pause in a session's play.
enum Pause {
    Over,
    Break,
    Ended(End),
}

impl Player {
    /// Plays until a moment, in as many sessions as it takes.
    pub(crate) async fn run(mut self, until: Instant) {
        let mut mails = Mails::default();
        // Not all at the same moment.
        sleep(self.within(until.saturating_duration_since(Instant::now()) / 5)).await;
        while Instant::now() < until {
            if let Err(error) = self.life(&mut mails, until).await {
                let Self { uid, transport, dialect, habit, .. } = self;
                let Transport { is_tls, is_websocket } = transport;
                let tls = if is_tls { " over TLS" } else { "" };
                let way = if is_websocket { "WebSocket" } else { "TCP" };
                self.ledger
                    .fault(format!("player {uid} ({habit:?}, {dialect:?}, {way}{tls}): {error:#}"));
                sleep(Duration::from_secs(1)).await;
            }
            mails.session_ended();
        }
    }

    fn within(&mut self, time: Duration) -> Duration {
        time.mul_f64(self.rng.f64())
    }

    /// Connects, and logs in.
    async fn begin(&mut self) -> Result<Session> {
        let window = (self.habit == Habit::Slow).then_some(SMALL_WINDOW);
        let mut connection = self.target.connect(self.transport, window).await?;
        let mut kept = session::keeps(self.dialect, self.habit == Habit::Resuming);
        let opened = opening::open(&mut connection, self.dialect, kept.as_mut()).await?;
        let mut session = Session::new(connection, self.new_checks(), kept, opened);
        session.log_in().await?;
        self.ledger.count("sessions", 1);
        Ok(session)
    }

    fn new_checks(&mut self) -> Checks {
        let secret = format!("{}-{:016x}", self.uid, self.rng.u64(..));
        Checks::new(self.uid, secret, self.habit == Habit::Slow)
    }

    /// Plays one session from its beginning to its end, and those that follow it without a gap.
    async fn life(&mut self, mails: &mut Mails, until: Instant) -> Result<()> {
        let mut session = self.begin().await?;
        loop {
            let paused = self.play(&mut session, mails, until).await;
            self.ledger.count("replies", std::mem::take(&mut session.replies));
            self.ledger.count("pushes", std::mem::take(&mut session.pushes));
            self.ledger.count("answered while closing", u64::from(session.checks.is_closing()));
            match paused? {
                Pause::Ended(end) => return self.judge(&end),
                Pause::Over => return self.finish(session).await,
                Pause::Break if self.habit == Habit::Resuming => {
                    session = self.come_back(session, mails).await?;
                }
                Pause::Break => match self.reconnect(session, mails).await? {
                    Some(next) => session = next,
                    None => return Ok(()),
                },
            }
        }
    }

    async fn play(
        &mut self,
        session: &mut Session,
        mails: &mut Mails,
        until: Instant,
    ) -> Result<Pause> {
        let is_slow = self.habit == Habit::Slow;
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
                    let now = Instant::now();
                    if let Some(overdue) = session.checks.overdue() {
                        bail!(overdue);
                    }
                    if now >= until {
                        return Ok(Pause::Over);
                    }
                    if break_at.is_some_and(|at| now >= at) {
                        return Ok(Pause::Break);
                    }
                    let mut acted = Ok(());
                    if now >= beat_at {
                        beat_at = now + BEAT;
                        acted = session.beat(&mut self.rng).await;
                    }
                    for _ in 0..self.rng.u8(1..=4) {
                        if acted.is_ok() {
                            acted = acts::act(session, mails, self.players, is_slow, &mut self.rng).await;
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

    /// Decides about an end that the player did not ask for.
    fn judge(&self, end: &End) -> Result<()> {
        match end {
            End::Kicked(reason) if reason.starts_with(KICKED) => {
                self.ledger.count("kicked by players", 1);
            }
            End::Kicked(reason) if self.habit == Habit::Slow && reason == "slow_consumer" => {
                self.ledger.count("too slow", 1);
            }
            End::Closed if self.habit == Habit::Slow => self.ledger.count("too slow", 1),
            other => bail!("the session has ended: {other:?}"),
        }
        Ok(())
    }

    /// Waits for all answers. Returns the end if the session ends meanwhile.
    async fn settle(session: &mut Session) -> Result<Option<End>> {
        let settle = async {
            while !session.checks.is_idle() {
                let Some(packet) = session.connection.receive().await? else {
                    return Ok(Some(End::Closed));
                };
                if let Some(end) = session.take(&packet)? {
                    return Ok(Some(end));
                }
            }
            Ok(None)
        };
        match timeout(PATIENCE, settle).await {
            Ok(settled) => settled,
            Err(_) => {
                bail!(session.checks.overdue().unwrap_or_else(|| "an answer is overdue".to_owned()))
            }
        }
    }

    /// Gets all answers, leaves everything, and ends the session.
    async fn finish(&mut self, mut session: Session) -> Result<()> {
        let mut end = Self::settle(&mut session).await?;
        if end.is_none() {
            end = match acts::leave(&mut session).await {
                Ok(()) => Self::settle(&mut session).await?,
                Err(_) => Some(session.read_to_end().await?),
            };
        }
        self.ledger.count("replies", session.replies);
        self.ledger.count("pushes", session.pushes);
        match end {
            Some(end) => self.judge(&end),
            None => {
                self.end(session).await;
                Ok(())
            }
        }
    }

    /// Ends a session in one of several ways.
    async fn end(&mut self, mut session: Session) {
        match self.rng.u8(..4) {
            0 | 1 => {
                if session.kept.is_some() {
                    // If it fails, the session is over as well.
                    let _ = session.connection.send(&packet(KICK, &[])).await;
                }
                session.connection.close().await;
            }
            2 => session.connection.reset(),
            _ => {
                // The rest of this packet never comes.
                let _ = session.connection.send(&packet(DATA, &[0; 100])[..50]).await;
                session.connection.reset();
            }
        }
    }

    /// Ends a session with all that is open. Returns the next one if it began before the end.
    async fn reconnect(
        &mut self,
        mut session: Session,
        mails: &mut Mails,
    ) -> Result<Option<Session>> {
        self.ledger.count("reconnections", 1);
        if self.rng.bool() {
            self.end(session).await;
            return Ok(None);
        }
        let next = self.begin().await?;
        match session.read_to_end().await? {
            End::Kicked(reason) if reason == "replaced" => self.ledger.count("duplicate logins", 1),
            other => self.judge(&other).context("after a duplicate login")?,
        }
        mails.session_ended();
        Ok(Some(next))
    }

    /// Loses the connection, and comes back to the session.
    async fn come_back(&mut self, session: Session, mails: &mut Mails) -> Result<Session> {
        let Session { mut connection, mut checks, kept, .. } = session;
        let mut kept = kept.context("this player cannot resume")?;
        let older = match self.rng.u8(..4) {
            0 => {
                connection.reset();
                None
            }
            1 => {
                let _ = connection.send(&packet(DATA, &[0; 100])[..50]).await;
                connection.reset();
                None
            }
            2 => None,
            // The server still has it when the client is back.
            _ => Some(connection),
        };
        if older.is_none() {
            sleep(self.within(Duration::from_secs(3))).await;
        }
        let mut connection = self.target.connect(self.transport, None).await?;
        let opened = opening::open(&mut connection, self.dialect, Some(&mut kept)).await?;
        if opened.is_resumed {
            self.ledger.count("resumed", 1);
            checks.wait_anew();
            return Ok(Session::new(connection, checks, Some(kept), opened));
        }
        self.ledger.count("begun anew", 1);
        mails.session_ended();
        let mut session = Session::new(connection, self.new_checks(), Some(kept), opened);
        session.log_in().await?;
        Ok(session)
    }
}
