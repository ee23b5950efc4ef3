//! The requests of a player, picked at random.

use std::collections::HashMap;

use anyhow::Result;
use fastrand::Rng;

use super::checks::Request;
use super::session::Session;
use crate::protocol::{Ask, CHANNELS};

/// The numbers of the mails of a player, which go on over its sessions.
#[derive(Default)]
pub(super) struct Mails {
    /// The life that numbers begin anew with: it is unknown of some mail whether it has arrived.
    life: u64,
    sent: HashMap<u64, u64>,
    /// The receiver of the mail that is on its way.
    open: Option<u64>,
}

impl Mails {
    /// Returns the number of a mail to `to`; `None` while one is on its way.
    fn next(&mut self, session: &mut Session, to: u64) -> Option<(u64, u64)> {
        if let (Some(open), Some(is_sent)) = (self.open, session.checks.mailed.take()) {
            *self.sent.entry(open).or_default() += u64::from(is_sent);
            self.open = None;
        }
        if self.open.is_some() {
            return None;
        }
        self.open = Some(to);
        Some((self.life, self.sent.get(&to).copied().unwrap_or_default() + 1))
    }

    /// Begins anew after the end of a session.
    pub(super) fn session_ended(&mut self) {
        if self.open.take().is_some() {
            self.life += 1;
            self.sent.clear();
        }
    }
}

/// The mean number of players that a kick finds among so many acts.
const ACTS_PER_KICK: u32 = 2000;

/// The acts that are open to a player.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    /// The number of all players.
    pub(super) players: u64,
    /// It asks for more than it reads.
    pub(super) is_slow: bool,
    /// It kicks others.
    pub(super) kicks: bool,
}

/// Does one thing.
pub(super) async fn act(
    session: &mut Session,
    mails: &mut Mails,
    choice: Choice,
    rng: &mut Rng,
) -> Result<()> {
    let Choice { players, is_slow, kicks } = choice;
    let about = |about| Ask { about, ..Ask::default() };
    let number = rng.u64(..);
    if is_slow && rng.u8(..4) == 0 {
        return session.request("lobby.burst", Request::Burst, about(60)).await;
    }
    if kicks && rng.u32(..ACTS_PER_KICK) == 0 {
        return session.request("lobby.kick", Request::Kick, about(rng.u64(1..=players))).await;
    }
    match rng.u8(..100) {
        0..20 => {
            let echo = session.checks.echo();
            session.request("lobby.echo", echo, about(0)).await
        }
        20..30 => session.notify("lobby.tell", about(0)).await,
        30..35 => {
            let echo = session.checks.echo();
            session.request("lobby.ponder", echo, about(number)).await
        }
        35..40 => session.request("lobby.later", Request::Later, about(number)).await,
        40..45 => session.request("lobby.beside", Request::Beside, about(number)).await,
        45..52 => session.request("lobby.whisper", Request::Whisper, about(0)).await,
        52 => session.request("lobby.burst", Request::Burst, about(5)).await,
        53 => session.request("lobby.refuse", Request::Refuse, about(0)).await,
        54 => session.request("lobby.panic", Request::Panic, about(0)).await,
        55 => session.request("lobby.remind", Request::Remind, about(0)).await,
        56..65 => {
            // Few receivers, so that each gets many from one sender.
            let to = (session.checks.uid + rng.u64(..3)) % players + 1;
            match mails.next(session, to) {
                Some(mail) => {
                    let ask = Ask { mail: Some(mail), ..about(to) };
                    session.request("lobby.mail", Request::Mail, ask).await
                }
                None => Ok(()),
            }
        }
        65..75 => channel(session, rng).await,
        _ => table(session, rng).await,
    }
}

async fn channel(session: &mut Session, rng: &mut Rng) -> Result<()> {
    let ask = |about| Ask { about, ..Ask::default() };
    let is_busy = |request| matches!(request, Request::Join(_) | Request::Part(_));
    match session.checks.channel {
        _ if session.checks.is_open(is_busy) => Ok(()),
        None => {
            let channel = rng.u64(..CHANNELS);
            session.request("channels.join", Request::Join(channel), ask(channel)).await
        }
        Some(channel) if rng.u8(..8) == 0 => {
            session.request("channels.part", Request::Part(channel), ask(channel)).await
        }
        Some(channel) => session.request("channels.say", Request::Say(channel), ask(channel)).await,
    }
}

async fn table(session: &mut Session, rng: &mut Rng) -> Result<()> {
    let is_busy = |request| {
        matches!(
            request,
            Request::Find | Request::Watch | Request::Sit(_) | Request::Quit(_) | Request::Close(_)
        )
    };
    if session.checks.is_open(is_busy) {
        return Ok(());
    }
    let tables = &session.checks.tables;
    let (route, request) = match tables.at() {
        None if rng.u8(..5) == 0 => ("lobby.watch", Request::Watch),
        None => ("lobby.find", Request::Find),
        Some(table) if !tables.is_seated(table) => ("table.look", Request::Sit(table)),
        Some(table) => match rng.u8(..20) {
            // Spectators try it as well, now and then.
            0 => ("table.close", Request::Close(table)),
            1 | 2 => ("table.quit", Request::Quit(table)),
            3..15 if tables.is_spectator(table) => ("table.look", Request::Look(table)),
            3 => ("table.look", Request::Look(table)),
            _ => ("table.move", Request::Move(table)),
        },
    };
    session.request(route, request, Ask { about: rng.u32(..).into(), ..Ask::default() }).await
}

/// Leaves table and channel.
pub(super) async fn leave(session: &mut Session) -> Result<()> {
    if let Some(table) = session.checks.tables.at() {
        session.request("table.quit", Request::Quit(table), Ask::default()).await?;
    }
    if let Some(about) = session.checks.channel {
        let ask = Ask { about, ..Ask::default() };
        session.request("channels.part", Request::Part(about), ask).await?;
    }
    Ok(())
}
