//! The phases of one session: the call that runs, and its life as the application sees it.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

use crate::Result;
use crate::component::SessionEvent;
use crate::component::task::{BoxedTask, TaskInfo};

/// The call that the session's next message waits for.
pub(super) enum Running {
    Nothing,
    Handler(Box<BoxedTask<()>>),
    /// The hook that decides on the handshake.
    Handshake(Box<BoxedTask<Result<Value>>>),
    /// Its decision, until the handshake is answered.
    Decided(Box<Result<Value>>),
    /// The hooks of one event, which run one after another.
    Hooks(Box<Hooks>),
    /// The `leave` hooks of the rooms that the session was in run in tasks of their own.
    Leaving(Box<Leaving>),
}

/// The wait for the hooks of the rooms, behind another box: it comes once in a session, and all others have one pointer.
pub(super) type Leaving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A hook that waits, and the position of the one that follows it.
pub(super) struct Hooks {
    pub(super) event: SessionEvent,
    pub(super) next: usize,
    pub(super) info: TaskInfo,
    pub(super) task: BoxedTask<Result<()>>,
}

/// The phase of a session's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// The handshake is not complete: the application does not know of the session.
    Unopened,
    Open,
    /// The session has left its groups, and its `session_closed` hooks run or have run.
    Ended,
}

/// The presence of a client, as it is and as the hooks know it.
#[derive(Debug, Default)]
pub(super) struct Presence {
    pub(super) is_lost: bool,
    pub(super) is_told: bool,
}
