//! The expectations of a player about one session.

mod closing;
mod pushes;
mod stages;
mod tables;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::numbered::Numbered;
use crate::drain::Drain;
use crate::protocol::Answer;
use closing::Closing;
use tables::{Role, Tables};

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
    Remind,
    Find,
    /// As `Find`, for a spectator.
    Watch,
    /// The first request at a table, whose answer has the numbers to begin with.
    Sit(u64),
    Look(u64),
    Move(u64),
    Quit(u64),
    Close(u64),
    Join(u64),
    Part(u64),
    Say(u64),
}

impl Request {
    /// Returns the role in which the player is on its way to a table.
    fn entering(self) -> Option<Role> {
        match self {
            Self::Find => Some(Role::Member),
            Self::Watch => Some(Role::Spectator),
            _ => None,
        }
    }
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
    pub(super) tables: Tables,
    channels: HashMap<u64, Numbered>,
    pub(super) channel: Option<u64>,
    pub(super) is_logged_in: bool,
    /// The reminders that have come of each timer that runs.
    reminders: HashMap<u64, u64>,
    /// The number of the last message that the stages of the server have passed.
    passed: u32,
    /// The longest time that an answer took, and the request.
    latest: Option<(Duration, Request)>,
    drain: Drain,
    /// The outcome of a mail: sent or not.
    pub(super) mailed: Option<bool>,
    /// The player often reads nothing: the server may end the session with the pushes that wait.
    is_slow: bool,
    closing: Option<Closing>,
}

impl Checks {
    pub(super) fn new(uid: u64, secret: String, is_slow: bool, drain: Drain) -> Self {
        Self {
            uid,
            secret,
            next: 1,
            open: VecDeque::new(),
            handled: 0,
            pushed: [0; 3],
            mails: HashMap::new(),
            tables: Tables::default(),
            channels: HashMap::new(),
            channel: None,
            is_logged_in: false,
            reminders: HashMap::new(),
            passed: 0,
            latest: None,
            drain,
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
        if request == Request::Remind {
            self.reminders.insert(id, 0);
        }
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

    /// Names something that has to come whatever others do.
    pub(super) fn awaited(&self) -> Option<String> {
        let open = self.open.front();
        let open = open.map(|open| format!("the answer to {} ({:?})", open.id, open.request));
        let table = || self.tables.awaited().map(|table| format!("`onOut` of table {table}"));
        let reminder = || {
            let (seq, n) = self.reminders.iter().next()?;
            Some(format!("reminder {} of {seq}", n + 1))
        };
        let end = || self.closing.as_ref().map(|closing| format!("the end of {closing}"));
        open.or_else(table).or_else(reminder).or_else(end)
    }

    /// Returns the requests that have no answer.
    pub(super) fn unanswered(&self) -> Vec<(u64, String)> {
        self.open.iter().map(|open| (open.id, format!("{:?}", open.request))).collect()
    }

    /// Takes the longest time of an answer, and its request.
    pub(super) fn take_latest(&mut self) -> Option<(Duration, Request)> {
        self.latest.take()
    }

    pub(super) fn is_open(&self, which: impl Fn(Request) -> bool) -> bool {
        self.open.iter().any(|open| which(open.request))
    }

    /// Returns the oldest request whose answer is overdue, or the answer that no end has followed.
    pub(super) fn overdue(&self, patience: Duration) -> Option<String> {
        let overdue = self.closing.as_ref().and_then(|closing| closing.overdue(patience));
        if overdue.is_some() {
            return overdue;
        }
        let oldest = self.open.front()?;
        (oldest.sent.elapsed() > patience).then(|| {
            format!("request {} ({:?}) is unanswered after {patience:?}", oldest.id, oldest.request)
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
        let Open { request, sent, .. } = self.open.remove(at).expect("it was found");
        if self.latest.is_none_or(|(longest, _)| sent.elapsed() > longest) {
            self.latest = Some((sent.elapsed(), request));
        }
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
        let code = code.and_then(Value::as_str);
        // The server answers so what it has not begun, behind the last handler, and what it waits for no longer.
        let is_given_up = code == Some("shutdown") && self.drain.has_begun();
        if !is_given_up {
            self.is_due(request)?;
        }
        let checked = match code {
            _ if is_given_up => {
                self.closes_with(request);
                Ok(())
            }
            Some(code) => self.refused(request, code),
            None => match serde_json::from_value::<Answer>(value) {
                Ok(Answer { secret, seq, .. }) if secret != self.secret || seq != id => {
                    let own = &self.secret;
                    return Err(format!(
                        "reply {id} is for request {seq} of `{secret}`, not `{own}`"
                    ));
                }
                Ok(Answer { count, own, is_closing: true, .. }) => {
                    self.answered_last(request, count, own)
                }
                Ok(Answer { count, own, .. }) => self.answered(request, count, own),
                Err(error) => Err(error.to_string()),
            },
        };
        checked.map_err(|fault| format!("reply {id} ({request:?}): {fault}"))
    }

    fn answered(&mut self, request: Request, count: u64, own: u64) -> Result<(), String> {
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
            Request::Find => self.tables.entered(count, Role::Member)?,
            Request::Watch => self.tables.entered(count, Role::Spectator)?,
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
            at_table => self.tables.answered(at_table, count, own)?,
        }
        Ok(())
    }

    fn refused(&mut self, request: Request, code: &str) -> Result<(), String> {
        let is_draining = self.drain.has_begun();
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
            | Request::Watch
            | Request::Join(_)
                if code == "closed" =>
            {
                self.closes_with(request);
                true
            }
            Request::Find => self.tables.is_entry_refused(code, Role::Member, is_draining),
            Request::Watch => self.tables.is_entry_refused(code, Role::Spectator, is_draining),
            Request::Sit(table)
            | Request::Look(table)
            | Request::Move(table)
            | Request::Quit(table)
            | Request::Close(table) => self.tables.is_refused(request, table, code),
            _ => false,
        };
        if is_due { Ok(()) } else { Err(format!("the error `{code}`")) }
    }
}
