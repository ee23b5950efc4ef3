use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::Config;
use crate::component::{
    Component, Components, Handle, Lifecycle, RunHook, SessionEvent, StartTimer,
};
use crate::net::Clock;
use crate::net::dialect::{BodyForm, Dialect};
use crate::routes::RouteTable;
use crate::serializer::Serializer;
use crate::session::{Session, SessionId, SessionIds};

/// A running app: what its connections share.
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) serializer: Box<dyn Serializer>,
    /// The serializer writes JSON text.
    pub(crate) json: bool,
    pub(crate) routes: RouteTable,
    pub(crate) session_hooks: SessionHooks,
    pub(crate) lifecycle: Vec<(Lifecycle, Box<dyn RunHook<()>>)>,
    pub(crate) timers: Vec<Box<dyn StartTimer>>,
    pub(crate) components: Arc<Components>,
    pub(crate) sessions: SessionTable,
    pub(crate) session_ids: SessionIds,
    pub(crate) clock: Clock,
    /// Shutdown has begun.
    pub(crate) stop_accepting: CancellationToken,
    /// The grace period is over: handlers are waited for no longer.
    pub(crate) abort: CancellationToken,
    /// Shutdown has ended.
    pub(crate) stopped: CancellationToken,
    pub(crate) connections: TaskTracker,
}

impl Core {
    pub(crate) fn component<C: Component>(&self) -> Option<Handle<C>> {
        self.components.get::<C>().map(|instance| Handle::new(instance.clone(), C::NAME))
    }

    /// What a client that speaks `dialect` is sent.
    pub(crate) fn body_form(&self, dialect: Dialect) -> BodyForm {
        BodyForm {
            escape: dialect.cesu && self.json,
            deflate_from: if dialect.zlib { self.config.compression_threshold } else { None },
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("routes", &self.routes).finish_non_exhaustive()
    }
}

/// The hooks of the sessions' lives, in the order in which they run.
#[derive(Default)]
pub(crate) struct SessionHooks {
    opened: Vec<Box<dyn RunHook<Session>>>,
    bound: Vec<Box<dyn RunHook<Session>>>,
    closed: Vec<Box<dyn RunHook<Session>>>,
}

impl SessionHooks {
    pub(crate) fn add(&mut self, event: SessionEvent, hook: Box<dyn RunHook<Session>>) {
        match event {
            SessionEvent::Opened => self.opened.push(hook),
            SessionEvent::Bound => self.bound.push(hook),
            // What is registered later may rest on what is there before: it lets go first.
            SessionEvent::Closed => self.closed.insert(0, hook),
        }
    }

    pub(crate) fn of(&self, event: SessionEvent) -> &[Box<dyn RunHook<Session>>] {
        match event {
            SessionEvent::Opened => &self.opened,
            SessionEvent::Bound => &self.bound,
            SessionEvent::Closed => &self.closed,
        }
    }
}

/// All sessions that have not ended, from before their handshake.
#[derive(Default)]
pub(crate) struct SessionTable(Mutex<Table>);

#[derive(Default)]
struct Table {
    sessions: HashMap<SessionId, Session>,
    limit: usize,
    closed: bool,
}

impl SessionTable {
    pub(crate) fn new(limit: usize) -> Self {
        Self(Mutex::new(Table { limit, ..Table::default() }))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a session in; false when the app is shutting down or full.
    pub(crate) fn insert(&self, session: &Session) -> bool {
        let mut table = self.table();
        if table.closed {
            return false;
        }
        if table.sessions.len() >= table.limit {
            let limit = table.limit;
            drop(table);
            tracing::warn!(limit, peer = ?session.remote_addr(), "a connection is refused: the app is full");
            return false;
        }
        match table.sessions.entry(session.id()) {
            Entry::Vacant(entry) => {
                entry.insert(session.clone());
                true
            }
            // After four billion connections ids come round again; the older session stays.
            Entry::Occupied(_) => false,
        }
    }

    pub(crate) fn remove(&self, session: &Session) {
        let mut table = self.table();
        table.sessions.remove(&session.id());
        // A burst of connections must not hold its memory for ever.
        if table.sessions.capacity() > 1024 && table.sessions.len() < table.sessions.capacity() / 8
        {
            let half = table.sessions.capacity() / 2;
            table.sessions.shrink_to(half);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.table().sessions.len()
    }

    /// Takes no more sessions.
    pub(crate) fn close(&self) {
        self.table().closed = true;
    }

    pub(crate) fn for_each(&self, mut visit: impl FnMut(&Session)) {
        // A copy, so that a visit may end a session.
        let sessions: Vec<Session> = self.table().sessions.values().cloned().collect();
        sessions.iter().for_each(&mut visit);
    }
}
