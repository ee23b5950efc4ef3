//! The messages between the players and the server.

use std::time::Duration;

use nano::push;
use serde::{Deserialize, Serialize};

/// The body of every request and notify of a player.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Ask {
    /// The number of the message in its session, which the answer repeats.
    pub(crate) seq: u64,
    /// A secret at login; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) secret: String,
    /// A user, a channel or a count, as the route needs it.
    #[serde(default)]
    pub(crate) about: u64,
    /// The number of a mail, and the life of its sender that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<(u64, u64)>,
}

/// The body of every reply that is no error.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Answer {
    /// The secret of the session, as the server knows it.
    pub(crate) secret: String,
    pub(crate) seq: u64,
    /// The number that the route counts: messages, pushes of a room or channel; or the id of a room.
    pub(crate) count: u64,
    /// The number of pushes of a room to those who have the role of the session.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) own: u64,
    /// The session was closing when the server had done what it answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_closing: bool,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The reason why a session is at a table no more.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Out {
    /// It asked for it.
    Left,
    /// A member has closed the table, or the drain of the server has. A push told all who were there.
    Closed,
    /// The table has closed because nobody but spectators was there.
    Deserted,
    /// Something that does not happen to a session that is open.
    Otherwise,
}

/// The body of every push.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Event {
    /// The secret of the only session that may receive it; empty for groups.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) secret: String,
    /// The room, the channel, or the user that it comes from.
    pub(crate) source: u64,
    /// The user that it is for, and the life of the sender, of a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<(u64, u64)>,
    /// Its number among those of its source.
    pub(crate) n: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) out: Option<Out>,
    /// Bytes that only take place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) pad: String,
}

impl Event {
    pub(crate) fn of(source: u64, n: u64) -> Self {
        Self { secret: String::new(), source, mail: None, n, out: None, pad: String::new() }
    }
}

#[push]
pub(crate) trait SoakPush {
    /// To members and spectators of a table.
    #[push(name = "onTable")]
    fn table(event: Event);
    /// To the members only.
    #[push(name = "onMembers")]
    fn members(event: Event);
    /// To the spectators only.
    #[push(name = "onSpectators")]
    fn spectators(event: Event);
    /// To a session that is out of a table.
    #[push(name = "onOut")]
    fn out(event: Event);
    /// The last push of a table.
    #[push(name = "onTableClosed")]
    fn table_closed(event: Event);
    #[push(name = "onChannel")]
    fn channel(event: Event);
    #[push(name = "onMail")]
    fn mail(event: Event);
    #[push(name = "onWhisper")]
    fn whisper(event: Event);
    /// Of a timer that the session has set.
    #[push(name = "onReminder")]
    fn reminder(event: Event);
    #[push(name = "onLatest", class = latest)]
    fn latest(event: Event);
    #[push(name = "onLossy", class = lossy)]
    fn lossy(event: Event);
}

/// The reason of the kicks that players ask for, in front of the number of the last whisper before the kick.
pub(crate) const KICKED: &str = "a player asked for it, after whisper ";

/// The text of the panics that players ask for.
pub(crate) const ON_PURPOSE: &str = "a panic on purpose";

/// The last byte of what a player sends, which the inbound stage takes away; and the byte that the outbound stage for all
/// receivers puts behind a body. No JSON ends so.
pub(crate) const SEAL: u8 = 1;

/// The server's interval of heartbeats.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(10);

/// The time that the server gives a client for the handshake.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(15);

/// The number of runs of a reminder.
pub(crate) const REMINDERS: u64 = 2;

/// The number of channels.
pub(crate) const CHANNELS: u64 = 32;

/// The number of things that the server holds, as it tells the load.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Census {
    pub(crate) sessions: u64,
    /// Sessions whose `session_opened` hook has run, and whose `session_closed` hook has not.
    pub(crate) hooks: i64,
    pub(crate) rooms: u64,
    pub(crate) seats: u64,
    pub(crate) spectators: u64,
    pub(crate) members: u64,
    /// Values that timers own.
    pub(crate) timers: i64,
    /// Values in the stores of sessions, which live as long as these.
    pub(crate) known: i64,
    pub(crate) tasks: u64,
    pub(crate) files: u64,
    /// The bytes that are allocated.
    pub(crate) heap: u64,
    /// Resident memory without the pages of files, in bytes.
    pub(crate) memory: u64,
    pub(crate) panics_on_purpose: u64,
    /// The texts of the other panics, the first few of them.
    pub(crate) panics: Vec<String>,
}

/// The first line of the server.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Started {
    pub(crate) addresses: Addresses,
    /// The process before it has an app.
    pub(crate) bare: Census,
}

/// The answer of the server when it has drained, and shut down.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Drained {
    /// The secret of each session that ended meanwhile, and the number of the last message whose handler began.
    pub(crate) begun: Vec<(String, u64)>,
}

/// The addresses of the server.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Addresses {
    pub(crate) tcp: std::net::SocketAddr,
    pub(crate) websocket: std::net::SocketAddr,
    pub(crate) tls: std::net::SocketAddr,
    pub(crate) tls_websocket: std::net::SocketAddr,
}
