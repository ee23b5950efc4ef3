//! One session of a player, over one connection or more.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fastrand::Rng;
use tokio::time::{Instant, timeout};

use super::checks::{Checks, Request};
use super::opening::{Dialect, Kept, Opened};
use crate::connection::Connection;
use crate::packet::{self, DATA, HEARTBEAT, KICK, Message, Packet, Route, packet};
use crate::protocol::{Ask, SEAL};

/// The end of a session, as its client sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By a kick, with a reason, and the milliseconds after which it may come back.
    Kicked(String, Option<u64>),
    /// The connection ended without a word.
    Closed,
}

/// A session: its connection, and all that its client knows.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) checks: Checks,
    pub(super) kept: Option<Kept>,
    codes: HashMap<String, u16>,
    names: HashMap<u16, String>,
    /// The server has stages around messages.
    is_staged: bool,
    /// The time of the last packet that was sent.
    sent: Instant,
    pub(super) replies: u64,
    pub(super) pushes: u64,
}

impl Session {
    pub(super) fn new(
        connection: Connection,
        checks: Checks,
        kept: Option<Kept>,
        opened: Opened,
        is_staged: bool,
    ) -> Self {
        let codes = opened.codes;
        let names = codes.iter().map(|(name, code)| (*code, name.clone())).collect();
        let (sent, replies, pushes) = (Instant::now(), 0, 0);
        Self { connection, checks, kept, codes, names, is_staged, sent, replies, pushes }
    }

    /// Returns the time for which the client has been silent.
    pub(super) fn silence(&self) -> Duration {
        self.sent.elapsed()
    }

    /// Sends a request.
    pub(super) async fn request(&mut self, route: &str, request: Request, ask: Ask) -> Result<()> {
        let id = self.checks.ask(request);
        self.message(Some(id), route, Ask { seq: id, ..ask }).await
    }

    pub(super) async fn notify(&mut self, route: &str, ask: Ask) -> Result<()> {
        self.checks.tell();
        self.message(None, route, ask).await
    }

    async fn message(&mut self, id: Option<u64>, route: &str, ask: Ask) -> Result<()> {
        let route = match self.codes.get(route) {
            Some(code) => Route::Code(*code),
            None => Route::Name(route.to_owned()),
        };
        let mut body = serde_json::to_vec(&ask)?;
        if self.is_staged {
            body.push(SEAL);
        }
        let message = packet::message(id, &route, &body);
        let packet = packet(DATA, &message);
        if let Some(kept) = &mut self.kept {
            kept.sends(&packet);
        }
        self.sent = Instant::now();
        self.connection.send(&packet).await
    }

    /// Logs in as the user of the checks.
    pub(super) async fn log_in(&mut self) -> Result<()> {
        let ask =
            Ask { secret: self.checks.secret.clone(), about: self.checks.uid, ..Ask::default() };
        self.request("lobby.login", Request::Login, ask).await?;
        let patience = self.connection.patience;
        let login = async {
            while !self.checks.is_logged_in {
                let packet = self
                    .connection
                    .receive()
                    .await?
                    .context("the connection ended at the login")?;
                if let Some(end) = self.take(&packet)? {
                    bail!("the session ended at the login: {end:?}");
                }
            }
            Ok(())
        };
        timeout(patience, login).await.context("the login")?
    }

    pub(super) async fn beat(&mut self, rng: &mut Rng) -> Result<()> {
        let count = self.kept.as_ref().map(|kept| kept.received.to_be_bytes());
        // An empty one confirms nothing, and is legal.
        self.sent = Instant::now();
        let body = count.as_ref().filter(|_| rng.u8(..4) > 0).map_or(&[][..], |count| count);
        self.connection.send(&packet(HEARTBEAT, body)).await
    }

    /// Checks a packet. An error is a fault of the server.
    pub(super) fn take(&mut self, packet: &Packet) -> Result<Option<End>> {
        let checked = match packet.kind {
            HEARTBEAT => Ok(()),
            KICK => {
                let body: serde_json::Value = serde_json::from_slice(&packet.body)?;
                let reason = body["reason"].as_str().context("a kick without a reason")?;
                self.checks.kicked(reason).map_err(anyhow::Error::msg)?;
                return Ok(Some(End::Kicked(reason.to_owned(), body["reconnectIn"].as_u64())));
            }
            DATA => {
                if let Some(kept) = &mut self.kept {
                    kept.received += 1;
                }
                match Message::read(&packet.body)? {
                    Message::Response { id, is_error, mut body } => {
                        self.replies += 1;
                        let passed = self.passed(&mut body, None);
                        passed
                            .map_err(|fault| format!("reply {id}: {fault}"))
                            .and_then(|()| self.checks.response(id, is_error, &body))
                    }
                    Message::Push { route, mut body } => {
                        self.pushes += 1;
                        let name = match route {
                            Route::Name(name) => name,
                            Route::Code(code) => self
                                .names
                                .get(&code)
                                .with_context(|| format!("an unknown code {code}"))?
                                .clone(),
                        };
                        let passed = self.passed(&mut body, Some(&name));
                        passed
                            .map_err(|fault| format!("{name}: {fault}"))
                            .and_then(|()| self.checks.push(&name, &body))
                    }
                }
            }
            kind => Err(format!("a packet of type {kind}")),
        };
        checked.map_err(anyhow::Error::msg)?;
        Ok(None)
    }

    /// Takes off what the stages of the server have put behind the body of a reply, or of a push.
    fn passed(&mut self, body: &mut Vec<u8>, push: Option<&str>) -> Result<(), String> {
        if !self.is_staged {
            return Ok(());
        }
        let is_droppable = push.is_some_and(|name| ["onLatest", "onLossy"].contains(&name));
        self.checks.passed(body, is_droppable, push.is_some())
    }

    /// Reads until the end.
    pub(super) async fn read_to_end(&mut self) -> Result<End> {
        let patience = self.connection.patience;
        let read = async {
            while let Some(packet) = self.connection.receive().await? {
                if let Some(end) = self.take(&packet)? {
                    return Ok(end);
                }
            }
            Ok(End::Closed)
        };
        timeout(patience, read).await.context("the connection does not end")?
    }
}

/// The features that a player of this dialect has.
pub(super) fn keeps(dialect: Dialect, is_resuming: bool) -> Option<Kept> {
    (dialect == Dialect::Native && is_resuming).then(Kept::default)
}
