//! The app of a model: one session, and what its connections share.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::Duration;

use futures_util::FutureExt as _;
use loom::sync::{Mutex, atomic::AtomicUsize, atomic::Ordering};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::dispatch::{Calling, Limits, Runtime, SessionHooks};
use crate::door::{Admission, AdmissionLimits};
use crate::net::resume::{Lost, Resume, Seat, Tokens};
use crate::routes::RouteTable;
use crate::serializer::Json;
use crate::session::{Common, DuplicateLogin, Session, SessionIds, SessionTable};
use crate::wire::{Dictionary, Wire};

pub(super) type Shared = Arc<World>;

pub(super) struct World {
    pub(super) runtime: Arc<Runtime>,
    pub(super) admission: Arc<Admission>,
    pub(super) tokens: Arc<Tokens<Seat<Lost>>>,
    pub(super) limits: Resume,
    session: OnceLock<Session>,
    /// The clients that have not been answered.
    waiting: AtomicUsize,
    /// The waker of a task that a timer wakes.
    timer: Mutex<Option<Waker>>,
}

impl World {
    /// A world in which so many clients come back. When all of them are answered, the session is closed.
    pub(super) fn new(limits: Resume, clients: usize) -> Shared {
        let runtime = Runtime {
            wire: Arc::new(Wire::new(Json, Dictionary::default())),
            clock: Arc::new(Clock::new()),
            routes: RouteTable::new(Vec::new(), &Dictionary::default()),
            rooms: Default::default(),
            inbound: Vec::new(),
            hooks: SessionHooks::default(),
            handshake: None,
            limits: Limits::new(Duration::from_secs(1)),
            sessions: Arc::new(SessionTable::default()),
            common: Arc::new(Common::new(DuplicateLogin::Keep, 0)),
            session_ids: SessionIds::new(),
            calling: Calling::default(),
            tasks: TaskTracker::new(),
            abort: CancellationToken::new(),
        };
        let all = AdmissionLimits {
            sessions: 10,
            sessions_per_address: 10,
            handshakes: 10,
            handshakes_per_address: 10,
        };
        Arc::new(Self {
            admission: Arc::new(Admission::new(all, runtime.wire.log.clone())),
            runtime: Arc::new(runtime),
            tokens: Arc::default(),
            limits,
            session: OnceLock::new(),
            waiting: AtomicUsize::new(clients),
            timer: Mutex::new(None),
        })
    }

    /// Notes the session, which a first connection has opened.
    pub(super) fn opened(&self, session: &Session) {
        self.session.set(session.clone()).expect("there is one session");
    }

    pub(super) fn session(&self) -> &Session {
        self.session.get().expect("a session")
    }

    /// Notes that a client has its answer. With the last of them the session is closed.
    pub(super) fn answered(&self) {
        if self.waiting.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.session().close();
        }
    }

    /// Lets time pass, and wakes the task that waits for it.
    pub(super) fn pass(&self, time: Duration) {
        // The clock has moved when this waits for other tasks.
        let _ = tokio::time::advance(time).now_or_never();
        let waker = self.timer.lock().expect("no panic").take();
        waker.into_iter().for_each(Waker::wake);
    }

    /// Runs a task that [`pass`](Self::pass) wakes.
    pub(super) async fn woken_by_the_clock(&self, task: impl Future<Output = ()>) {
        let mut task = pin!(task);
        poll_fn(|cx| {
            *self.timer.lock().expect("no panic") = Some(cx.waker().clone());
            task.as_mut().poll(cx)
        })
        .await;
        self.timer.lock().expect("no panic").take();
    }

    /// Asserts that nothing is left of the session.
    pub(super) fn check_over(&self) {
        assert!(self.session().is_closed());
        assert_eq!((self.runtime.sessions.len(), self.tokens.len()), (0, 0));
    }
}
