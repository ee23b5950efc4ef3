//! The gates of users, remembered for a moment, and what waits for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::frames::{Push, unavailable};
use crate::session::SessionId;
use crate::{Result, Uid};

/// The users that are remembered; those that are out of date are forgotten at the latest when there are so many.
const USERS: usize = 16_384;

/// The time from one look at all users to the next.
const SWEEP: Duration = Duration::from_secs(1);

/// The time for which a registry that has not answered is not asked where users are: all gates are.
const SILENCE: Duration = Duration::from_secs(1);

/// The bytes that wait for the gates of users to be found.
const WAITING: usize = 8 * 1024 * 1024;

/// The memory of what waits beside its bytes.
const OVERHEAD: usize = 256;

/// The gates of users, as far as they are known.
#[derive(Debug)]
pub(super) struct Finding {
    state: Mutex<State>,
    pub(super) asked: mpsc::UnboundedSender<Uid>,
    /// Each user is in it once at a time.
    inbox: Mutex<Option<mpsc::UnboundedReceiver<Uid>>>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    users: HashMap<Uid, Found>,
    /// The time from which on those that are out of date may be looked for.
    sweep: Option<Instant>,
    /// The bytes that wait.
    waiting: usize,
    /// The registry has not answered, and is not asked until then.
    silent: Option<Instant>,
}

#[derive(Debug)]
enum Found {
    /// It is being looked up, and this waits for it.
    Looking(Vec<ToUser>),
    At(Arc<[u32]>, Instant),
}

/// Something that is told to the sessions of a user at other nodes.
#[derive(Clone, Debug)]
pub(super) struct ToUser {
    pub(super) uid: Uid,
    pub(super) word: Word,
    /// The sessions that have it already.
    pub(super) known: Vec<SessionId>,
    /// It was at a gate that did not have the user.
    pub(super) is_again: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Word {
    Push(Push),
    Kick(String),
}

impl ToUser {
    pub(super) fn new(uid: &Uid, word: Word, known: &[SessionId]) -> Self {
        Self { uid: uid.clone(), word, known: known.to_vec(), is_again: false }
    }

    fn size(&self) -> usize {
        OVERHEAD
            + match &self.word {
                Word::Push(push) => push.body.len() + push.route.len(),
                Word::Kick(reason) => reason.len(),
            }
    }
}

impl Finding {
    pub(super) fn new() -> Self {
        let (asked, inbox) = mpsc::unbounded_channel();
        Self { state: Mutex::default(), asked, inbox: Mutex::new(Some(inbox)) }
    }

    /// Returns the users that are to be looked up, to the one who asks first.
    pub(super) fn inbox(&self) -> Option<mpsc::UnboundedReceiver<Uid>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Notes that the registry has not answered in time.
    pub(super) fn registry_is_silent(&mut self) {
        self.silent = Some(Instant::now() + SILENCE);
    }

    /// Returns `true` if it was so a moment ago.
    pub(super) fn is_registry_silent(&self) -> bool {
        self.silent.is_some_and(|until| until > Instant::now())
    }

    /// Returns the gates of a user, if they are remembered.
    pub(super) fn gates(&self, uid: &Uid) -> Option<Arc<[u32]>> {
        match self.users.get(uid)? {
            Found::At(gates, until) if *until > Instant::now() => Some(gates.clone()),
            _ => None,
        }
    }

    /// Forgets that a user is at this gate alone.
    pub(super) fn forget(&mut self, uid: &Uid, gate: u32) {
        if let Some(Found::At(gates, _)) = self.users.get(uid)
            && **gates == [gate]
        {
            self.users.remove(uid);
        }
    }

    /// Lets something wait for the gates of a user. Returns `true` if they are to be looked up for it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when too much waits.
    pub(super) fn wait(&mut self, to_user: ToUser) -> Result<bool> {
        let size = to_user.size();
        if self.waiting + size > WAITING {
            return Err(unavailable("too much waits for users whose gates are looked up"));
        }
        self.waiting += size;
        if let Some(Found::Looking(waiting)) = self.users.get_mut(&to_user.uid) {
            waiting.push(to_user);
            return Ok(false);
        }
        let now = Instant::now();
        // A look at all of them takes a while: it is worth it when what was remembered before it is out of date.
        if self.users.len() >= USERS && self.sweep.is_none_or(|sweep| now >= sweep) {
            self.sweep = Some(now + SWEEP);
            self.users.retain(|_, found| match found {
                Found::Looking(_) => true,
                Found::At(_, until) => *until > now,
            });
        }
        self.users.insert(to_user.uid.clone(), Found::Looking(vec![to_user]));
        Ok(true)
    }

    /// Notes the gates of a user, to be remembered `until` then, and returns what has waited for them.
    pub(super) fn found(
        &mut self,
        uid: Uid,
        gates: &Arc<[u32]>,
        until: Option<Instant>,
    ) -> Vec<ToUser> {
        let before = match until {
            None => self.users.remove(&uid),
            Some(until) => self.users.insert(uid, Found::At(gates.clone(), until)),
        };
        let Some(Found::Looking(waited)) = before else { return Vec::new() };
        self.waiting -= waited.iter().map(ToUser::size).sum::<usize>();
        waited
    }
}
