//! The phases of one session: the call that runs, and its life as the application sees it.

use crate::Result;
use crate::component::SessionEvent;
use crate::component::task::{BoxedTask, TaskInfo};

/// The call that the session's next message waits for.
pub(super) enum Running {
    Nothing,
    Handler(Box<BoxedTask<()>>),
    /// The hooks of one event, which run one after another.
    Hooks(Box<Hooks>),
}

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
