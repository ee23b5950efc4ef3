//! The return of a player: in a new session, or to the one that it had.

use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::time::{Instant, sleep};

use super::acts::Mails;
use super::checks::Checks;
use super::opening::Kept;
use super::session::{End, Session};
use super::{Player, opening};
use crate::packet::{DATA, packet};

impl Player {
    /// Ends a session with all that is open. Returns the next one if it began before the end.
    pub(super) async fn reconnect(
        &mut self,
        mut session: Session,
        mails: &mut Mails,
    ) -> Result<Option<Session>> {
        self.ledger.count("reconnections", 1);
        if self.rng.bool() {
            self.end(session).await;
            return Ok(None);
        }
        let Some(next) = self.begin().await? else { return Ok(None) };
        match session.read_to_end().await? {
            End::Kicked(reason, None) if reason == "replaced" => {
                self.ledger.count("duplicate logins", 1);
            }
            other => self.judge(&session, &other).context("after a duplicate login")?,
        }
        mails.session_ended();
        Ok(Some(next))
    }

    /// Loses the connection, and comes back to the session.
    pub(super) async fn come_back(
        &mut self,
        session: Session,
        mails: &mut Mails,
    ) -> Result<Option<Session>> {
        let Session { mut connection, checks, kept, .. } = session;
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
        let since = Instant::now();
        let kept = kept.context("this player cannot resume")?;
        let back = self.open_again(checks, kept, mails).await;
        self.in_time(since, back)
    }

    async fn open_again(
        &mut self,
        mut checks: Checks,
        mut kept: Kept,
        mails: &mut Mails,
    ) -> Result<Session> {
        let mut connection = self.target.connect(self.transport, None).await?;
        let opened = opening::open(&mut connection, self.dialect, Some(&mut kept)).await?;
        let is_staged = !self.target.is_plain;
        if opened.is_resumed {
            self.ledger.count("resumed", 1);
            checks.wait_anew();
            return Ok(Session::new(connection, checks, Some(kept), opened, is_staged));
        }
        self.ledger.count("begun anew", 1);
        mails.session_ended();
        let checks = self.new_checks();
        let mut session = Session::new(connection, checks, Some(kept), opened, is_staged);
        session.log_in().await?;
        Ok(session)
    }
}
