//! The sessions of one gate that have come to this node over its link.

use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::time::Instant;

use super::frames::{Answer, Failure, Kind, Request, SessionState, unavailable};
use super::lease::Lease;
use super::peer::Link;
use super::proxy::{Message, Proxy, WAITING};
use super::remote::{Remote, address};
use crate::dispatch::{Dispatch, Runtime};
use crate::session::{Session, SessionId, Snapshot};
use crate::{Error, ErrorKind};

/// The longest time that a gate may give, so that sums of times cannot overflow.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The sessions of one gate. When this is dropped, with the link, they end.
pub(super) struct Sessions {
    gate: u32,
    runtime: Arc<Runtime>,
    link: Arc<Link>,
    lease: Arc<Lease>,
    proxies: FxHashMap<u64, Entry>,
}

struct Entry {
    remote: Arc<Remote>,
    inbox: mpsc::Sender<Message>,
}

impl Sessions {
    pub(super) fn new(
        gate: u32,
        runtime: Arc<Runtime>,
        link: Arc<Link>,
        lease: Arc<Lease>,
    ) -> Self {
        Self { gate, runtime, link, lease, proxies: FxHashMap::default() }
    }

    /// Hands a message to its session.
    pub(super) fn request(&mut self, request: Request) {
        let id = request.id;
        if let Err(error) = self.hand_over(request) {
            tracing::debug!(node = self.gate, error = %error.report(), "a message is refused");
            let answer = Answer::new(id, Err(Failure::of_error(&error)));
            self.link.queue.put(Kind::Answer(Answer { done: true, ..answer }));
        }
    }

    fn hand_over(&mut self, request: Request) -> Result<(), Error> {
        let Request { session, id, notify, route, body, time_left, state } = request;
        let (snapshot, remote) = match state {
            Some(SessionState { uid, address: remote, data }) => {
                let uid = uid.and_then(|uid| uid.into_uid());
                (Some(Snapshot { uid, data: data.into() }), address(&remote))
            }
            None => (None, None),
        };
        let is_new = self.proxies.get(&session).is_none_or(|entry| entry.inbox.is_closed());
        if is_new {
            self.open(session, remote)?;
        }
        let Some(entry) = self.proxies.get(&session) else { return Ok(()) };
        let until = Instant::now() + Duration::from_millis(time_left).min(LONGEST);
        let message = Message { id, is_notify: notify, route, body, until, state: snapshot };
        entry.inbox.try_send(message).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too many messages of the session wait"),
            TrySendError::Closed(_) => Error::new(ErrorKind::Closed, "the session has ended"),
        })
    }

    fn open(&mut self, number: u64, peer: Option<std::net::SocketAddr>) -> Result<(), Error> {
        let id = SessionId::from_number(number);
        if id.node() != Some(self.gate) {
            let message = format!("session {id} is not of node {}", self.gate);
            return Err(Error::new(ErrorKind::Protocol, message));
        }
        let runtime = &self.runtime;
        let (wire, clock) = (runtime.wire.clone(), runtime.clock.clone());
        let remote = Arc::new(Remote::new(id, wire.clone(), self.link.clone()));
        let common = runtime.common.clone();
        let session = Session::new(id, peer, wire, remote.clone(), clock, common);
        let dispatch = Dispatch::new(runtime.clone(), session)
            .ok_or_else(|| unavailable("the node is shutting down"))?;
        let (inbox, messages) = mpsc::channel(WAITING);
        runtime
            .tasks
            .spawn(Proxy::new(remote.clone(), dispatch, messages, self.lease.clone()).run());
        self.proxies.insert(number, Entry { remote, inbox });
        Ok(())
    }

    /// Ends a session, whose gate says that its client has gone.
    pub(super) fn closed(&mut self, number: u64) {
        if let Some(entry) = self.proxies.remove(&number) {
            entry.remote.end();
        }
    }
}

impl Drop for Sessions {
    fn drop(&mut self) {
        self.proxies.values().for_each(|entry| entry.remote.end());
    }
}
