//! The calls that the components of another node make here.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::frames::{Request, name_of, unavailable};
use super::lease::Lease;
use super::linked::Link;
use super::node::Node;
use super::received::{AnswerTo, LONGEST, Received};
use crate::dispatch::Runtime;
use crate::session::{Arrival, CallTarget, Depth, Session, SessionId};
use crate::{Error, ErrorKind, Result};

/// The calls of one node that are handled at a time.
const CALLS: usize = 16_384;

/// The calls that come over one link.
pub(super) struct Called {
    node: Weak<Node>,
    runtime: Arc<Runtime>,
    lease: Arc<Lease>,
    link: Arc<Link>,
    handling: TaskTracker,
    permits: Arc<Semaphore>,
}

impl Called {
    /// Those of a link to this node; `None` before it serves.
    pub(super) fn new(node: &Arc<Node>, link: Arc<Link>) -> Option<Self> {
        let (runtime, lease) = (node.runtime.get()?.clone(), node.lease.clone());
        let handling = node.handling.clone();
        let (node, permits) = (Arc::downgrade(node), Arc::new(Semaphore::new(CALLS)));
        Some(Self { node, runtime, lease, link, handling, permits })
    }

    /// Begins a call.
    pub(super) fn call(&self, request: Request) -> Result<()> {
        let Request { session, id, notify, route, body, time_left, state, calls, room, entry } =
            request;
        let route = name_of(route)?;
        let until = Instant::now() + Duration::from_millis(time_left).min(LONGEST);
        let depth = Depth { calls, until: Some(until) };
        depth.check()?;
        if self.runtime.tasks.is_closed() {
            return Err(unavailable("the node is shutting down"));
        }
        let many = |_| unavailable(format!("{CALLS} calls of the node are being handled"));
        let permit = self.permits.clone().try_acquire_owned().map_err(many)?;
        let (link, token) = (self.link.clone(), self.handling.token());
        let answer = AnswerTo { id, link, _permit: permit, _token: token };
        let arrival = room.filter(|_| session != 0).map(|room| Arrival { room, entry });
        let call = Received { route, body, is_notify: notify, depth, state, arrival, answer };
        if session == 0 {
            self.spawn(call, room.map_or(CallTarget::Any, |room| CallTarget::Room(0, room)));
            return Ok(());
        }
        let node = self.node.upgrade().ok_or_else(|| unavailable("the node is shutting down"))?;
        let session = SessionId::from_number(session);
        if node.is_own(session) {
            let gone = || Error::new(ErrorKind::Closed, "the session has ended");
            let session = node.session(session.get()).ok_or_else(gone)?;
            self.spawn(call, CallTarget::Session(session));
            return Ok(());
        }
        // It came without its gate: what this node sends to the client goes there.
        let sessions = node.sessions_of(session).ok_or_else(|| {
            unavailable("this node cannot reach the node of the session's client")
        })?;
        sessions.call(session, call)
    }

    fn spawn(&self, call: Received, target: CallTarget<Session>) {
        let (call, answer) = call.with(target);
        let handled = self.runtime.clone().handle_until_end(call);
        let (lease, end) = (self.lease.clone(), self.link.end.clone());
        self.runtime.tasks.spawn(async move {
            if !lease.stands() {
                tokio::select! {
                    biased;
                    // A node that was given up stands again as another one: its calls of before are nobody's.
                    () = end.cancelled() => return,
                    () = lease.stood() => {}
                }
            }
            answer.give(handled.await);
        });
    }
}
