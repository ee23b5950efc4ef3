//! The end of one session: its hooks, its groups and rooms, its place in the table.

use std::sync::Arc;
use std::task::Context;

use tokio_util::task::TaskTracker;

use super::Dispatch;
use super::running::{Life, Running};
use crate::component::SessionEvent;
use crate::session::{CloseReason, Ended, OpenReply};
use crate::{Error, ErrorKind};

impl Dispatch {
    /// Ends the session, which must be closing and [idle](Dispatch::is_idle): what has come and was not
    /// handled is refused by `refuse`, the session leaves its groups, and its hooks run.
    ///
    /// Returns `false` when there is something else to run first.
    pub(crate) fn end(&mut self, cx: &mut Context<'_>, refuse: impl FnOnce(&Self, &Error)) -> bool {
        // The handler that closed the session may have bound it: hooks for the user run before those for
        // the end.
        if self.run_bound_hooks(cx) || self.life == Life::Ended {
            return false;
        }
        // Another task may bind it at this very moment.
        let Some(replies) = self.leave() else { return false };
        let reason = self.session.close_reason().unwrap_or(CloseReason::Closed);
        let error = match reason {
            CloseReason::NodeLost => {
                Some(Error::new(ErrorKind::NodeLost, "a node of the cluster is lost"))
            }
            _ if reason.is_end_of_app() => {
                Some(Error::new(ErrorKind::Shutdown, "the server is shutting down"))
            }
            _ => None,
        };
        if let Some(error) = error {
            if self.life == Life::Open {
                refuse(self, &error);
            }
            replies.iter().for_each(|reply| reply.fail(&error));
        }
        if std::mem::replace(&mut self.life, Life::Ended) == Life::Open {
            let (session, uid) = (self.session.id(), self.session.uid());
            tracing::debug!(%session, ?uid, %reason, "a session ended");
            match self.session.is_leaving() {
                None => self.start_hooks(cx, SessionEvent::Closed, 0),
                Some(leaving) => self.wait_for_rooms(cx, leaving),
            }
        }
        true
    }

    /// Waits for the `leave` hooks of the session's rooms, each of which has a limit on its time. Then the
    /// `session_closed` hooks run.
    fn wait_for_rooms(&mut self, cx: &mut Context<'_>, leaving: TaskTracker) {
        self.running = Running::Leaving(Box::new(Box::pin(async move {
            leaving.close();
            leaving.wait().await;
        })));
        self.poll(cx);
    }

    /// Takes the session out of its groups, its rooms and the table, and gives its open replies; `None` when its
    /// `session_bound` hooks have to run first.
    fn leave(&self) -> Option<Vec<Arc<dyn OpenReply>>> {
        if self.life != Life::Open {
            // There are no hooks to run.
            self.session.take_bound();
        }
        let Ended { replies, rooms } = self.session.end()?;
        let was_there = self.runtime.sessions.remove(&self.session);
        #[cfg(feature = "cluster")]
        if was_there && let Some(elsewhere) = &self.runtime.elsewhere {
            elsewhere.ended(&self.session);
        }
        if was_there
            && !self.is_stand_in
            && let Some(metrics) = self.runtime.log().metrics()
        {
            let reason = self.session.close_reason().unwrap_or(CloseReason::Closed);
            metrics.session_ended(reason.word());
        }
        let is_kicked = matches!(self.session.close_reason(), Some(CloseReason::Kicked(_)));
        for room in rooms {
            room.session_ended(self.session.id(), is_kicked);
        }
        Some(replies)
    }
}

impl Drop for Dispatch {
    fn drop(&mut self) {
        // The task may be dropped with its runtime: the count is kept all the same.
        self.session.link().close(CloseReason::Disconnected);
        self.life = Life::Ended;
        while self.leave().is_none() {}
    }
}
