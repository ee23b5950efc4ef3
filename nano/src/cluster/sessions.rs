//! The sessions of one gate that have come to this node.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::carried::Carried;
use super::frames::{Closed, Request, SessionState, unavailable};
use super::inbox::{Message, ToHandle};
use super::lease::Lease;
use super::linked::Link;
use super::proxy::Proxy;
use super::received::{LONGEST, Received, ask_for_state};
use super::remote::Remote;
use crate::dispatch::{Dispatch, Runtime};
use crate::session::{CloseReason, Session, SessionId};
use crate::{Error, ErrorKind, Result};

/// The sessions of one gate that may be here: more than a gate has clients.
const PROXIES: usize = 500_000;

/// The sessions of one gate, which end with the link to it.
pub(super) struct Sessions {
    gate: u32,
    runtime: Arc<Runtime>,
    link: Arc<Link>,
    carried: Arc<Carried>,
    lease: Arc<Lease>,
    /// The messages that are handled.
    handling: TaskTracker,
    /// The gate has checked the policy of messages.
    is_checked: bool,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    proxies: FxHashMap<u64, Arc<Remote>>,
    has_ended: bool,
}

impl Sessions {
    pub(super) fn new(
        gate: u32,
        runtime: Arc<Runtime>,
        link: Arc<Link>,
        lease: Arc<Lease>,
        handling: TaskTracker,
        is_checked: bool,
    ) -> Arc<Self> {
        let carried = Arc::new(Carried { wire: runtime.wire.clone(), link: link.clone() });
        let table = Mutex::default();
        Arc::new(Self { gate, runtime, link, carried, lease, handling, is_checked, table })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a message of a client, which has come at `now`, to its session.
    pub(super) fn request(&self, request: Request, now: Instant) -> Result<()> {
        let Request { session, id, notify, route, body, time_left, state, .. } = request;
        let until = now + Duration::from_millis(time_left).min(LONGEST);
        let mut table = self.table();
        let remote = self.remote(&mut table, session, state.as_deref())?;
        let token = self.handling.token();
        let message = Message { id, is_notify: notify, route, body, until, state, token };
        remote.give(ToHandle::Message(message))
    }

    /// Hands the call of a component to the session that it is made for. It may come from a third node.
    pub(super) fn call(&self, session: SessionId, call: Received) -> Result<()> {
        let mut table = self.table();
        let is_known = table.is_open(session.get());
        let is_from_gate = Arc::ptr_eq(&call.answer.link, &self.link);
        if !is_known && !is_from_gate && call.state.is_none() {
            // It knows the session from before the link to the gate was lost.
            ask_for_state(&call.answer.link, session.get());
            return Err(unavailable("the node has forgotten the session, and asks for its state"));
        }
        let remote = self.remote(&mut table, session.get(), call.state.as_deref())?;
        if !is_known && !is_from_gate {
            // Ahead of all that this node sends to the client.
            ask_for_state(&self.link, session.get());
        }
        remote.give(ToHandle::Call(Box::new(call)))
    }

    /// Hands a call to the session that it is made for. Its sender knows nothing of the session's state.
    pub(super) fn relayed(&self, session: SessionId, call: Received) -> Result<()> {
        let mut table = self.table();
        let is_known = table.is_open(session.get());
        let remote = self.remote(&mut table, session.get(), None)?;
        if !is_known {
            ask_for_state(&self.link, session.get());
        }
        remote.give(ToHandle::Call(Box::new(call)))
    }

    /// Finds a session, or opens it.
    fn remote<'a>(
        &self,
        table: &'a mut Table,
        number: u64,
        state: Option<&SessionState>,
    ) -> Result<&'a Arc<Remote>> {
        if table.has_ended {
            return Err(unavailable("the link to the node of the session's client has ended"));
        }
        if !table.is_open(number) {
            if table.proxies.len() >= PROXIES {
                return Err(unavailable(format!("{PROXIES} sessions of the gate are here")));
            }
            let remote = self.open(number, state)?;
            table.proxies.insert(number, remote);
        }
        let gone = || Error::new(ErrorKind::Closed, "the session has ended");
        table.proxies.get(&number).ok_or_else(gone)
    }

    fn open(&self, number: u64, state: Option<&SessionState>) -> Result<Arc<Remote>> {
        let id = SessionId::from_number(number);
        if id.node() != Some(self.gate) {
            let message = format!("session {id} is not of node {}", self.gate);
            return Err(Error::new(ErrorKind::Protocol, message));
        }
        let runtime = &self.runtime;
        let (wire, clock) = (runtime.wire.clone(), runtime.clock.clone());
        let remote = Arc::new(Remote::new(id, self.carried.clone()));
        let (common, peer) = (runtime.common.clone(), state.and_then(SessionState::address));
        let session = Session::new(id, peer, wire, remote.clone(), clock, common);
        let dispatch = Dispatch::new(runtime.clone(), session)
            .ok_or_else(|| unavailable("the session's handler of an earlier link still runs"))?;
        if let Some(trace) = state.and_then(SessionState::trace) {
            dispatch.traced(trace);
        }
        let (lease, is_checked) = (self.lease.clone(), self.is_checked);
        let proxy = Proxy::new(remote.clone(), dispatch, lease, is_checked);
        runtime.tasks.spawn(proxy.run());
        Ok(remote)
    }

    /// Ends a session, whose gate says that its client has gone.
    pub(super) fn closed(&self, closed: Closed) {
        #[cfg(all(test, feature = "testing"))]
        if super::planted::is("lost-closed") {
            return;
        }
        let remote = self.table().proxies.remove(&closed.session);
        if let Some(remote) = remote {
            remote.end(closed.into_reason());
        }
    }

    /// Notes that the connection of a session's client is lost, or that the client is back, as its gate says.
    pub(super) fn presence(&self, number: u64, is_lost: bool) {
        if let Some(remote) = self.table().proxies.get(&number) {
            remote.set_lost(is_lost);
        }
    }

    /// Ends all sessions, with the link.
    pub(super) fn end(&self) {
        let mut table = self.table();
        table.has_ended = true;
        let proxies = std::mem::take(&mut table.proxies);
        drop(table);
        proxies.values().for_each(|remote| remote.end(CloseReason::Disconnected));
    }
}

impl Table {
    fn is_open(&self, number: u64) -> bool {
        self.proxies.get(&number).is_some_and(|remote| !remote.is_gone())
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("gate", &self.gate).finish_non_exhaustive()
    }
}
