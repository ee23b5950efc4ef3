//! The ends of a player's sessions: those that it makes, those that others do, and the drain of the server.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use tokio::time::{Instant, timeout};

use super::session::{End, Session};
use super::{BEAT, Dialect, Habit, Player, SILENT, acts, opening, session};
use crate::drain::Farewell;
use crate::packet::{DATA, KICK, packet};
use crate::protocol::{HEARTBEAT, KICKED};

/// The silence after which the server may take a client for gone: its clock is coarse.
const SILENCE: Duration = HEARTBEAT.saturating_mul(3).saturating_sub(Duration::from_secs(1));

/// The longest time after which the drain asks clients back, in milliseconds.
const RETURN: u64 = 10_000;

impl Player {
    /// Decides about an end that the player did not ask for.
    pub(super) fn judge(&self, session: &Session, end: &End) -> Result<()> {
        match end {
            End::Kicked(reason, None) if reason.starts_with(KICKED) => {
                self.ledger.count("kicked by players", 1);
            }
            End::Kicked(reason, _) if self.habit == Habit::Slow && reason == "slow_consumer" => {
                self.ledger.count("too slow", 1);
            }
            End::Closed if self.habit == Habit::Slow => self.ledger.count("too slow", 1),
            End::Kicked(reason, _)
                if reason == "heartbeat_timeout" && session.silence() > SILENCE =>
            {
                self.ledger.count(SILENT, 1);
            }
            End::Closed if session.silence() > SILENCE => self.ledger.count(SILENT, 1),
            other => bail!("the session has ended: {other:?}"),
        }
        Ok(())
    }

    /// Decides about an end that may be that of the drain.
    pub(super) async fn ended(&mut self, session: &Session, end: &End) -> Result<()> {
        let is_told = match end {
            End::Kicked(reason, hint) => {
                let is_hint = hint.is_some_and(|hint| hint <= RETURN);
                self.dialect == Dialect::Native && reason == "drain" && is_hint
            }
            // Some stock clients never come back after a kick.
            End::Closed if self.dialect == Dialect::Native => false,
            End::Closed if self.transport.is_websocket => {
                session.connection.close_reason() == Some((1001, "drain".to_owned()))
            }
            End::Closed => true,
        };
        if !self.drain.has_begun() {
            return self.judge(session, end);
        }
        if !is_told {
            self.judge(session, end)?;
            self.drain.ended_otherwise();
            return Ok(());
        }
        self.ledger.count("told of the drain", 1);
        let (secret, open) = (session.checks.secret.clone(), session.checks.unanswered());
        self.drain.told(Farewell { player: self.to_string(), secret, at: Instant::now(), open });
        if let Some(table) = session.checks.tables.is_forgotten_at() {
            bail!("the drain has not told of the end of table {table}");
        }
        if self.rng.u8(..4) == 0 {
            self.is_turned_away().await?;
        }
        Ok(())
    }

    /// Tries to come back at once, as some clients do. The server takes nobody.
    async fn is_turned_away(&mut self) -> Result<()> {
        // It may listen no more.
        let Ok(mut connection) = self.target.connect(self.transport, None).await else {
            return Ok(());
        };
        let mut kept = session::keeps(self.dialect, self.habit == Habit::Resuming);
        // The error says that the handshake is refused, or that the connection has ended.
        let opened = opening::open(&mut connection, self.dialect, kept.as_mut()).await;
        ensure!(opened.is_err(), "the server lets players in while it drains");
        self.ledger.count("turned away", 1);
        Ok(())
    }

    /// Waits for all answers. Returns the end if the session ends meanwhile.
    async fn settle(&mut self, session: &mut Session) -> Result<Option<End>> {
        let (patience, since) = (self.target.patience, Instant::now());
        while let Some(awaited) = session.checks.awaited() {
            ensure!(since.elapsed() < patience, "{awaited} has not come after {patience:?}");
            match timeout(BEAT, session.connection.receive()).await {
                Ok(packet) => {
                    let Some(packet) = packet? else { return Ok(Some(End::Closed)) };
                    if let Some(end) = session.take(&packet)? {
                        return Ok(Some(end));
                    }
                }
                Err(_) => session.beat(&mut self.rng).await?,
            }
        }
        Ok(None)
    }

    /// Gets all answers, leaves everything, and ends the session.
    pub(super) async fn finish(&mut self, mut session: Session) -> Result<()> {
        let mut end = self.settle(&mut session).await?;
        if end.is_none() {
            end = match acts::leave(&mut session).await {
                Ok(()) => self.settle(&mut session).await?,
                Err(_) => Some(session.read_to_end().await?),
            };
        }
        self.note(&mut session);
        match end {
            Some(end) => self.judge(&session, &end),
            None => {
                self.end(session).await;
                Ok(())
            }
        }
    }

    /// Ends a session in one of several ways.
    pub(super) async fn end(&mut self, mut session: Session) {
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
}
