//! The changes of sessions that other nodes make.

use std::sync::Arc;

use futures_util::FutureExt;

use super::frames::{Closed, Kind, Patch, RoomChange, patch, unavailable};
use super::linked::Link;
use super::node::{CHANGES, Node};
use super::received::answer;
use crate::session::{Session, SessionId};
use crate::{Error, ErrorKind, Result};

impl Node {
    pub(super) fn patch(&self, patch: Patch, node: u32, link: &Arc<Link>) {
        let Patch { session, id, change } = patch;
        let outcome = match (change, self.session(session)) {
            (Some(patch::Change::EnterRoom(change)), Some(own)) => {
                let there = if change.node == 0 { node } else { change.node };
                self.gate.reserve_room(&own, &change.component, there, change.entry)
            }
            (Some(patch::Change::LeftRoom(change)), Some(own)) => {
                self.gate.part(&own, &RoomChange { node, ..change });
                Ok(())
            }
            (Some(patch::Change::LeaveRoom(change)), own) => {
                self.leave_room(own, session, change, node);
                Ok(())
            }
            (Some(change @ patch::Change::Bind(_)), Some(own)) => {
                return self.change_later(change.make(own), id, link);
            }
            // All others are made at once.
            (Some(change), Some(own)) => change.make(own).now_or_never().unwrap_or(Ok(())),
            (Some(_), None) => Err(Error::new(ErrorKind::Closed, "the session has ended")),
            // Also for a session of another gate, which this node has made a call for.
            (None, _) => {
                match self.sessions.get(SessionId::from_number(session)) {
                    Some(session) => self.gate.attached(&session, node, link),
                    #[cfg(all(test, feature = "testing"))]
                    None if super::planted::is("revived-proxy") => {}
                    None => link.queue.put(Kind::Closed(Closed::unknown(session))),
                }
                Ok(())
            }
        };
        tell(id, link, outcome);
    }

    /// Makes a change that may have to wait for the registry. The link goes on meanwhile.
    fn change_later(
        &self,
        change: impl Future<Output = Result<()>> + Send + 'static,
        id: u64,
        link: &Arc<Link>,
    ) {
        let mut change = Box::pin(change);
        if let Some(outcome) = (&mut change).now_or_never() {
            return tell(id, link, outcome);
        }
        let Ok(permit) = self.changes.clone().try_acquire_owned() else {
            let error = unavailable(format!("{CHANGES} sessions wait for the registry"));
            return tell(id, link, Err(error));
        };
        let link = link.clone();
        self.tasks.spawn(async move {
            let _permit = permit;
            tokio::select! {
                outcome = change => tell(id, &link, outcome),
                () = link.end.cancelled() => {}
            }
        });
    }
}

/// Tells another node the outcome of a change, if it wants to know.
fn tell(id: u64, link: &Link, outcome: Result<()>) {
    if let Err(error) = &outcome {
        tracing::debug!(error = %error.report(), "a change is refused");
    }
    if id != 0 {
        answer(link, id, outcome.as_ref().copied());
    }
}

impl patch::Change {
    async fn make(self, session: Session) -> Result<()> {
        match self {
            Self::Bind(uid) => match uid.into_uid() {
                Some(uid) => session.bind(uid).await,
                None => Err(Error::new(ErrorKind::Protocol, "a user without an id")),
            },
            Self::Set(entry) => session.set_encoded(&entry.key, entry.value),
            Self::Unset(key) => {
                session.unset(&key);
                Ok(())
            }
            Self::Restore(snapshot) => session.replace_values(&snapshot),
            Self::Unroute(component) => {
                session.unroute(&component);
                Ok(())
            }
            // They are no change of the session's state.
            Self::EnterRoom(_) | Self::LeftRoom(_) | Self::LeaveRoom(_) | Self::Lost(_) => Ok(()),
        }
    }
}
