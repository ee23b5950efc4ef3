//! The sessions of a room in the directory.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::Session;
use crate::component::room::core::Role;

/// A session in the directory of its room.
pub(super) enum Presence {
    Entering(Role),
    In {
        role: Role,
        session: Session,
        /// The hooks that the end of the session waits for.
        leaving: TaskTracker,
    },
    /// Its hooks run; the token is cancelled at their end.
    Leaving(Role, CancellationToken),
}

/// A session that has lost its seat, and whose hooks are to run.
pub(crate) struct Exit<T> {
    pub(crate) room: T,
    pub(crate) session: Session,
    pub(crate) role: Role,
    /// To be cancelled when the hooks have run.
    pub(crate) done: CancellationToken,
    /// To be dropped when the hooks have run. The session may be ending: it has to know of them before it looks.
    pub(crate) leaving: TaskTrackerToken,
}

/// A room that is closing, with the sessions that have lost their seats.
pub(crate) struct Closing<T> {
    pub(crate) room: T,
    pub(crate) exits: Vec<Exit<T>>,
}
