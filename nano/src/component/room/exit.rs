//! The exit of sessions from rooms.

use std::future::pending;
use std::sync::Arc;

use tokio_util::sync::DropGuard;

use super::directory::Exit;
use super::opened::TakesOut;
use super::{LeaveReason, OpenRoom, Room, RoomId, RoomSet};
use crate::component::access::Cell;
use crate::component::task::Task;
use crate::session::SessionId;
use crate::{Result, Session};

impl<R: Room> TakesOut for RoomSet<R> {
    fn take_out(&self, room: RoomId, session: SessionId, reason: LeaveReason) -> bool {
        let Some(exit) = self.directory.begin_exit(room, session) else { return false };
        let room = exit.room.clone();
        self.let_go(exit, reason);
        self.watch_emptiness(&room);
        true
    }
}

impl<R: Room> RoomSet<R> {
    /// Lets a session go that has lost its seat. Its hooks run in a task, because the caller may have the borrow of the
    /// room.
    pub(super) fn let_go(&self, exit: Exit<Arc<OpenRoom>>, reason: LeaveReason) {
        let Exit { room, session, role, done, leaving } = exit;
        if let Some(core) = Self::core(&room) {
            core.group(role).leave(&session);
        }
        let has_ended = reason == LeaveReason::RoomClosed;
        #[cfg(feature = "cluster")]
        let entry = session.entry_into(Self::kind(), R::NAME, &room.joined());
        session.part_room(Self::kind(), &room.joined(), has_ended);
        // A session that has ended here ended with its own node's session, or with this node: then it has lost the room.
        #[cfg(feature = "cluster")]
        if let Some(entry) = entry
            && !session.has_ended()
        {
            session.tell_left(R::NAME, entry, has_ended);
        }
        let Some(rooms) = self.shared().filter(|rooms| !rooms.hooks.leave.is_empty()) else {
            self.directory.end_exit(room.id, session.id());
            return;
        };
        let life = room.instance().life().clone();
        let gone = Gone { rooms, room: room.id, session: session.id(), _done: done.drop_guard() };
        let task = async move {
            gone.rooms.run_leave_hooks(&room, &session, reason).await;
            drop(gone);
            drop(leaving);
        };
        life.spawn(task, &self.around.home);
    }

    /// Fails when the caller itself has the borrow of the room, which the hooks of a session that leaves wait for.
    pub(super) fn refuse_caller(&self, room: &OpenRoom) -> Result<()> {
        let (Some(hook), Some(instance)) = (self.hooks.leave.first(), Self::instance(room)) else {
            return Ok(());
        };
        instance.cell.refuse_caller(hook.label)
    }

    pub(super) async fn run_leave_hooks(
        &self,
        room: &OpenRoom,
        session: &Session,
        reason: LeaveReason,
    ) {
        let log = self.log();
        for hook in &self.hooks.leave {
            let info = self.info(hook.label, Some(session));
            let call = || hook.method.run(room.instance(), hook.label, session, reason);
            Task::start(info, log, call).run(log, pending()).await.log_error(&info, log);
        }
    }
}

/// A session whose hooks run; when this is dropped they have run, or never will.
struct Gone<R: Room> {
    rooms: Arc<RoomSet<R>>,
    room: RoomId,
    session: SessionId,
    /// Dropped last: the session may enter again.
    _done: DropGuard,
}

impl<R: Room> Drop for Gone<R> {
    fn drop(&mut self) {
        self.rooms.directory.end_exit(self.room, self.session);
    }
}
