//! The changes of a session whose state its gate owns.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;

use super::Remote;
use crate::cluster::calls::Progress;
use crate::cluster::frames::{Entry, Failure, Kind, Patch, RoomChange, node_lost, patch};
use crate::session::owner::{DataChange, Owner};
use crate::{Error, ErrorKind, Result, Uid};

/// The longest id of a user that travels between nodes, in bytes.
const UID: usize = 16 * 1024;

impl Remote {
    /// Asks the gate for a change, and returns its answer.
    fn ask(&self, change: patch::Change) -> impl Future<Output = Result<(), Failure>> + use<> {
        let call = self.gate.link.calls.open(self.id);
        if let Some(call) = &call {
            self.patch(call.id, change);
        }
        async move {
            let lost = || Failure::of_error(&node_lost());
            match call.ok_or_else(lost)?.progress().await {
                Progress::Answered(outcome) => outcome.map(drop),
                Progress::Done | Progress::Lost => Err(lost()),
            }
        }
    }

    fn patch(&self, id: u64, change: patch::Change) {
        let patch = Patch { session: self.id.get(), id, change: Some(change) };
        #[cfg(all(test, feature = "testing"))]
        if crate::cluster::planted::is("late-patch") {
            let link = self.gate.link.clone();
            tokio::spawn(async move {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                link.queue.put(Kind::Patch(patch));
            });
            return;
        }
        let mut state = self.state();
        self.flush(&mut state);
        self.gate.link.queue.put(Kind::Patch(patch));
    }
}

impl Owner for Remote {
    fn version(&self) -> u64 {
        self.version.load(Ordering::Relaxed)
    }

    fn goes_beside(&self, message: u64) {
        let mut state = self.state();
        if let Some((id, handled)) = state.current.take_if(|(id, _)| *id == message) {
            state.beside.insert(id, handled);
        }
    }

    fn ended_beside(&self, message: u64) {
        let mut state = self.state();
        if let Some(handled) = state.beside.remove(&message) {
            self.ended(&mut state, message, handled);
        }
    }

    fn bind(&self, uid: &Uid) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        if let Some(text) = uid.as_str().filter(|text| text.len() > UID) {
            let text = format!("the id of a user has {} bytes, and {UID} are allowed", text.len());
            return Box::pin(std::future::ready(Err(Error::new(ErrorKind::BodyTooLarge, text))));
        }
        let asked = self.ask(patch::Change::Bind(uid.into()));
        Box::pin(async move { asked.await.map_err(Failure::into_own_error) })
    }

    fn enter_room(
        &self,
        component: &str,
        node: u32,
        entry: u64,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        let change = RoomChange { component: component.to_owned(), node, ended: false, entry };
        let asked = self.ask(patch::Change::EnterRoom(change));
        Box::pin(async move { asked.await.map_err(Failure::into_own_error) })
    }

    fn left_room(&self, component: &str, entry: u64, has_ended: bool) {
        let (component, ended) = (component.to_owned(), has_ended);
        let change = RoomChange { component, node: 0, ended, entry };
        self.patch(0, patch::Change::LeftRoom(change));
    }

    fn leave_room(&self, component: &str, node: u32, entry: u64) {
        let change = RoomChange { component: component.to_owned(), node, ended: false, entry };
        self.patch(0, patch::Change::LeaveRoom(change));
    }

    fn unroute(&self, component: &str) {
        self.patch(0, patch::Change::Unroute(component.to_owned()));
    }

    fn change(&self, change: DataChange<'_>) {
        let change = match change {
            DataChange::Set(key, value) => {
                patch::Change::Set(Entry { key: key.to_owned(), value: value.to_owned() })
            }
            DataChange::Unset(key) => patch::Change::Unset(key.to_owned()),
            DataChange::Restore(snapshot) => patch::Change::Restore(snapshot.to_vec().into()),
        };
        self.patch(0, change);
    }
}
