//! The expectations of a player about one session.

mod closing;
mod pushes;

use serde_json::Value;
use std::collections::{HashMap, HashSet, VecDeque};
use tokio::time::Instant;

use super::numbered::Numbered;
use crate::connection::PATIENCE;
use crate::protocol::Answer;
use closing::Closing;

/// A request of a player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    Login,
    /// An echo at once or after a while, and the number of messages that the server will have counted.
    Echo(u64),
    Later,
    Beside,
    Whisper,
    Burst,
    Refuse,
    Panic,
    Mail,
    Kick,
    Find,
    Sit(u64),
    Move(u64),
    Quit(u64),
    Close(u64),
    Join(u64),
    Part(u64),
    Say(u64),
}

#[derive(Debug)]
struct Open {
    id: u64,
    request: Request,
    sent: Instant,
}

/// The expectations about one session, and what was seen of it.
pub(super) struct Checks {
    pub(super) uid: u64,
    pub(super) secret: String,
    next: u64,
    open: VecDeque<Open>,
    /// The echoes and notifies that were sent.
    handled: u64,
    /// The numbers of the last whisper, latest and lossy push.
    pushed: [u64; 3],
    /// The last mail of each sender, and each of its lives.
    mails: HashMap<(u64, u64), u64>,
    tables: HashMap<u64, Numbered>,
    closed: HashSet<u64>,
    pub(super) table: Option<u64>,
    channels: HashMap<u64, Numbered>,
    pub(super) channel: Option<u64>,
    pub(super) is_logged_in: bool,
    /// The outcome of a mail: sent or not.
    pub(super) mailed: Option<bool>,
    /// The player often reads nothing: the server may end the session with the pushes that wait.
    is_slow: bool,
    /// Told by the first answer that says it.
    closing: Option<Closing>,
}

impl Checks {
    pub(super) fn new(uid: u64, secret: String, is_slow: bool) -> Self {
        Self {
            uid,
            secret,
            next: 1,
            open: VecDeque::new(),
            handled: 0,
            pushed: [0; 3],
            mails: HashMap::new(),
            tables: HashMap::new(),
            closed: HashSet::new(),
            table: None,
            channels: HashMap::new(),
            channel: None,
            is_logged_in: false,
            mailed: None,
            is_slow,
            closing: None,
        }
    }

    /// Returns the id of the next request, and keeps in mind that it is open.
    pub(super) fn ask(&mut self, request: Request) -> u64 {
        let id = self.next;
        self.next += 1;
        self.open.push_back(Open { id, request, sent: Instant::now() });
        id
    }

    /// Returns the request of an echo.
    pub(super) fn echo(&mut self) -> Request {
        self.handled += 1;
        Request::Echo(self.handled)
    }

    pub(super) fn tell(&mut self) {
        self.handled += 1;
    }

    /// Returns `true` if it is known which push of a table was the first for the player.
    pub(super) fn is_seated(&self, table: u64) -> bool {
        self.tables.get(&table).is_some_and(Numbered::has_begun)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.open.is_empty() && self.closing.is_none()
    }

    pub(super) fn is_open(&self, which: impl Fn(Request) -> bool) -> bool {
        self.open.iter().any(|open| which(open.request))
    }

    /// Returns the oldest request whose answer is overdue, or the answer that no end has followed.
    pub(super) fn overdue(&self) -> Option<String> {
        if let Some(overdue) = self.closing.as_ref().and_then(Closing::overdue) {
            return Some(overdue);
        }
        let oldest = self.open.front()?;
        (oldest.sent.elapsed() > PATIENCE).then(|| {
            format!("request {} ({:?}) is unanswered after {PATIENCE:?}", oldest.id, oldest.request)
        })
    }

    /// Gives the open requests time anew, after a resume.
    pub(super) fn wait_anew(&mut self) {
        self.open.iter_mut().for_each(|open| open.sent = Instant::now());
    }

    /// Checks a reply.
    pub(super) fn response(&mut self, id: u64, is_error: bool, body: &[u8]) -> Result<(), String> {
        let Some(at) = self.open.iter().position(|open| open.id == id) else {
            return Err(format!("reply {id} belongs to no open request"));
        };
        let Open { request, .. } = self.open.remove(at).expect("it was found");
        if let Some(older) = self.open.iter().take(at).find(|open| !open.request.is_free())
            && !request.is_free()
        {
            return Err(format!(
                "reply {id} ({request:?}) overtook that of {} ({:?})",
                older.id, older.request
            ));
        }
        let value: Value =
            serde_json::from_slice(body).map_err(|error| format!("reply {id}: {error}"))?;
        let code = if is_error { value.get("code") } else { value.pointer("/error/code") };
        self.is_due(request)?;
        let checked = match code.and_then(Value::as_str) {
            Some(code) => self.refused(request, code),
            None => match serde_json::from_value::<Answer>(value) {
                Ok(Answer { secret, seq, .. }) if secret != self.secret || seq != id => {
                    let own = &self.secret;
                    return Err(format!(
                        "reply {id} is for request {seq} of `{secret}`, not `{own}`"
                    ));
                }
                Ok(Answer { count, is_closing: true, .. }) => self.answered_last(request, count),
                Ok(answer) => self.answered(request, answer.count),
                Err(error) => Err(error.to_string()),
            },
        };
        checked.map_err(|fault| format!("reply {id} ({request:?}): {fault}"))
    }

    fn answered(&mut self, request: Request, count: u64) -> Result<(), String> {
        let in_table = |table| match self.tables.get(table) {
            Some(numbered) => Ok(numbered),
            None if self.closed.contains(table) => Ok(&Numbered::NONE),
            None => Err("the player is not at this table".to_owned()),
        };
        let in_channel = |channel| {
            self.channels.get(channel).ok_or("the player is not in this channel".to_owned())
        };
        match request {
            Request::Login => self.is_logged_in = true,
            Request::Echo(handled) if handled != count => {
                return Err(format!("the server has handled {count} messages, not {handled}"));
            }
            Request::Later | Request::Whisper if self.pushed[0] < count => {
                return Err(format!("whisper {count} has not arrived, {} has", self.pushed[0]));
            }
            Request::Burst if self.pushed[1] < count => {
                return Err(format!("latest {count} has not arrived, {} has", self.pushed[1]));
            }
            Request::Refuse | Request::Panic => return Err("it is no error".to_owned()),
            Request::Mail => self.mailed = Some(true),
            Request::Find => self.entered(count)?,
            Request::Sit(table) => {
                if let Some(numbered) = self.tables.get_mut(&table) {
                    numbered.begin(count)?;
                }
            }
            Request::Move(table) => in_table(&table)?.reached(count)?,
            // Its last push came before, unless another member had closed the table already.
            Request::Close(table) if !self.closed.contains(&table) => {
                return Err("the table has not told that it closes".to_owned());
            }
            Request::Quit(table) => {
                in_table(&table)?.ended(count)?;
                self.tables.remove(&table);
                self.table = self.table.filter(|at| *at != table);
            }
            Request::Join(channel) => {
                self.channels.entry(channel).or_default().begin(count)?;
                self.channel = Some(channel);
            }
            Request::Say(channel) => in_channel(&channel)?.reached(count)?,
            Request::Part(channel) => {
                in_channel(&channel)?.ended(count)?;
                self.channels.remove(&channel);
                self.channel = None;
            }
            _ => {}
        }
        Ok(())
    }

    fn entered(&mut self, table: u64) -> Result<(), String> {
        if let Some(other) = self.tables.keys().find(|other| **other != table) {
            return Err(format!("it entered table {table}, and received pushes of {other}"));
        }
        if !self.closed.contains(&table) {
            self.tables.entry(table).or_default();
            self.table = Some(table);
        }
        Ok(())
    }

    fn refused(&mut self, request: Request, code: &str) -> Result<(), String> {
        let is_due = match request {
            Request::Refuse => code == "refused",
            Request::Panic => code == "internal",
            Request::Mail => {
                self.mailed = Some(false);
                code == "offline"
            }
            // What they do needs a session that is open.
            Request::Whisper
            | Request::Later
            | Request::Burst
            | Request::Find
            | Request::Join(_)
                if code == "closed" =>
            {
                self.closes(request);
                true
            }
            // The last push of a table comes before its end.
            Request::Find => {
                self.tables.clear();
                code == "room_closed" || code == "already_in_room" && !self.closed.is_empty()
            }
            Request::Sit(table)
            | Request::Move(table)
            | Request::Quit(table)
            | Request::Close(table) => {
                // An open session would have received the last push of the table.
                if !self.closed.contains(&table) {
                    self.closes(request);
                }
                ["room_closed", "not_in_room"].contains(&code)
            }
            _ => false,
        };
        if is_due { Ok(()) } else { Err(format!("the error `{code}`")) }
    }
}
