//! The calls of nodes of Go nano: messages of their clients, and what they send to clients of this node.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};
use tonic::service::interceptor::InterceptedService;
use tonic::{Request as Call, Response, Status};

use super::convert;
use super::guard::{Caller, Guard};
use super::hub::{GoPeer, Hub};
use super::pairs::Untaken;
use super::relayed;
use super::wire::{
    CloseSessionRequest, CloseSessionResponse, DelMemberRequest, DelMemberResponse, Info,
    LARGEST_INFO, MemberHandleResponse, NewMemberRequest, NewMemberResponse, NotifyMessage,
    PushMessage, RequestMessage, ResponseMessage, SessionClosedRequest, SessionClosedResponse,
    ip_of, member_server,
};
use crate::Error;
use crate::cluster::frames::{Answer, Closed, Kind, Request};
use crate::cluster::node::Node;
use crate::dispatch::Runtime;
use crate::session::SessionId;
use crate::wire::dialect::Dialect;
use crate::wire::outgoing::Content;

/// The time for a gate to be known and reached: it may have been told of this node a moment before this one of it.
const KNOWN: Duration = Duration::from_secs(1);

/// The bytes of a message beside its body: the longest route and address, and numbers.
const LARGEST_HEAD: usize = 1024;

/// The longest route.
const LONGEST_ROUTE: usize = 255;

type Handled = Result<Response<MemberHandleResponse>, Status>;

/// This node, as nodes of Go nano call it.
pub(in crate::cluster) struct Backend {
    node: Arc<Node>,
    hub: Arc<Hub>,
    /// The address of this node.
    own: String,
}

/// A message of a client.
struct Incoming {
    gate: String,
    session: i64,
    /// 0 for a notify.
    request: u64,
    route: String,
    body: Bytes,
}

pub(in crate::cluster) type Service =
    InterceptedService<member_server::MemberServer<Backend>, Guard>;

/// Returns the service that nodes of Go nano call.
pub(in crate::cluster) fn service(node: &Arc<Node>, hub: &Arc<Hub>) -> Service {
    let guard = Guard { hub: hub.clone(), log: node.log.clone() };
    let packet = node.runtime.get().map_or(0, |runtime| runtime.wire.packet_limit);
    let own = node.record().address().to_owned();
    let backend = Backend { node: node.clone(), hub: hub.clone(), own };
    let server = member_server::MemberServer::new(backend)
        .max_decoding_message_size((packet + LARGEST_HEAD).max(LARGEST_INFO + LARGEST_HEAD));
    InterceptedService::new(server, guard)
}

impl Backend {
    fn runtime(&self) -> Result<&Arc<Runtime>, Status> {
        let is_up = !self.node.end.is_cancelled();
        let runtime = self.node.runtime.get().filter(|_| is_up);
        runtime.ok_or_else(|| Status::unavailable("the node ends"))
    }

    fn check(&self, route: &str, body: &[u8]) -> Result<(), Status> {
        let limit = self.runtime()?.wire.packet_limit;
        if route.is_empty() || route.len() > LONGEST_ROUTE {
            let len = route.len();
            return Err(Status::invalid_argument(format!("the route has {len} bytes")));
        }
        if body.len() > limit {
            let len = body.len();
            let text = format!("the body has {len} bytes, and {limit} are allowed");
            return Err(Status::invalid_argument(text));
        }
        Ok(())
    }

    /// Queues a message for its handler.
    async fn take(&self, message: Incoming) -> Handled {
        self.check(&message.route, &message.body)?;
        if let Some(go) = self.hub.at(&message.gate) {
            return self.dispatch(&go, message);
        }
        let Incoming { gate, session, request, route, body } = message;
        if gate == self.own {
            if request != 0 {
                let text = "a request for this node's own client comes from the client";
                return Err(Status::invalid_argument(text));
            }
            let session = SessionId::from_number(session.cast_unsigned());
            return relayed::to_own(&self.node, session, route, body).map_err(status).map(done);
        }
        let gates = self.node.gate.peers.all();
        if let Some(peer) = gates.iter().find(|peer| !peer.is_go && peer.address == gate) {
            let session = SessionId::from_number(session.cast_unsigned());
            let sent = relayed::to_other(&self.node, &self.hub, peer, session, route, body);
            return sent.map_err(status).map(done);
        }
        let reached = timeout(KNOWN, self.hub.reached(&gate)).await;
        let go = reached.map_err(|_| {
            let gate = crate::error::shown(&gate);
            Status::failed_precondition(format!("`{gate}` is no node that this one reaches"))
        })?;
        self.dispatch(&go, Incoming { gate, session, request, route, body })
    }

    /// Queues the message of a client of a gate of Go nano.
    fn dispatch(&self, go: &GoPeer, message: Incoming) -> Handled {
        let runtime = self.runtime()?;
        let Incoming { session: theirs, request, route, body, .. } = message;
        let untaken = |untaken| match untaken {
            Untaken::Ended => Status::not_found(format!("session not found: {theirs}")),
            Untaken::Full => Status::resource_exhausted("too many sessions or requests"),
            Untaken::Leaving => Status::unavailable("the node leaves"),
        };
        let sessions = self.node.gate.peers.get(go.number).and_then(|peer| peer.sessions());
        let sessions = sessions.ok_or_else(|| Status::unavailable("the gate is gone"))?;
        let make = || self.hub.session_id(go.number);
        let id = go.pairs.open(theirs, Instant::now(), make).map_err(untaken)?;
        let number = match request {
            0 => 0,
            request => go.pairs.ask(theirs, request).map_err(untaken)?,
        };
        let body = match runtime.wire.received(Dialect::NANO, false, &body) {
            Ok(std::borrow::Cow::Owned(repaired)) => repaired.into(),
            _ => body,
        };
        let time = runtime.limits.handler_timeout.as_millis();
        let request = Request {
            session: id.get(),
            id: number,
            notify: request == 0,
            route: route.into(),
            body,
            time_left: u64::try_from(time).unwrap_or(u64::MAX),
            state: None,
            calls: 0,
            room: None,
            entry: 0,
        };
        let taken = sessions.request(request, Instant::now());
        // Its end may have come in between, and would not come again.
        if go.pairs.theirs(id).is_none() {
            sessions.closed(Closed::unknown(id.get()));
        }
        taken.map(done).map_err(|error| {
            if number != 0 {
                let answer = Answer::new(number, convert::failure(&error));
                go.link.queue.put(Kind::Answer(Answer { done: true, ..answer }));
            }
            Status::resource_exhausted(error.to_string())
        })
    }

    /// Ends a session of the gate that calls, which is known by its host alone; of all gates that have such a session, if no
    /// host is the caller's.
    fn session_closed(&self, theirs: i64, caller: Option<IpAddr>) {
        let all = self.hub.all();
        let is_callers = |go: &&Arc<GoPeer>| caller.is_some() && ip_of(&go.address) == caller;
        let having: Vec<_> = all.iter().filter(|go| go.pairs.has(theirs)).collect();
        let is_one_callers = having.iter().any(is_callers);
        let is_any_callers = all.iter().any(|go| is_callers(&go));
        let now = Instant::now();
        for go in &all {
            // It is noted where the session never was, too: a message of it may come late, by way of another node.
            let is_meant = match having.is_empty() {
                true => !is_any_callers || is_callers(&go),
                false => go.pairs.has(theirs) && (!is_one_callers || is_callers(&go)),
            };
            if is_meant && let Some(id) = go.pairs.end(theirs, now) {
                let peer = self.node.gate.peers.get(go.number);
                if let Some(sessions) = peer.and_then(|peer| peer.sessions()) {
                    sessions.closed(Closed::unknown(id.get()));
                }
            }
        }
    }

    /// Refuses news of members where this node has them from elsewhere.
    fn is_told(&self) -> Result<(), Status> {
        match self.node.master {
            Some(_) => Err(Status::failed_precondition("this node is the master")),
            None => Ok(()),
        }
    }
}

#[tonic::async_trait]
impl member_server::Member for Backend {
    async fn handle_request(&self, call: Call<RequestMessage>) -> Handled {
        let RequestMessage { gate_addr, session_id, id, route, data } = call.into_inner();
        let (gate, session, request, body) = (gate_addr, session_id, id, data);
        self.take(Incoming { gate, session, request, route, body }).await
    }

    async fn handle_notify(&self, call: Call<NotifyMessage>) -> Handled {
        let NotifyMessage { gate_addr, session_id, route, data } = call.into_inner();
        let (gate, session, body) = (gate_addr, session_id, data);
        self.take(Incoming { gate, session, request: 0, route, body }).await
    }

    async fn handle_push(&self, call: Call<PushMessage>) -> Handled {
        let PushMessage { session_id, route, data } = call.into_inner();
        self.check(&route, &data)?;
        let session = self.node.session(session_id.cast_unsigned());
        let session = session.ok_or_else(|| no_session(session_id))?;
        session.push_bytes(&*route, &data).map_err(status).map(done)
    }

    async fn handle_response(&self, call: Call<ResponseMessage>) -> Handled {
        let ResponseMessage { session_id, id, data } = call.into_inner();
        self.check("-", &data)?;
        if id == 0 {
            return Err(Status::invalid_argument("the response has no id"));
        }
        let session = SessionId::from_number(session_id.cast_unsigned());
        let asked = self.hub.asked(id).filter(|go| go.link.calls.is_of(id, session));
        match asked {
            Some(go) => drop(go.link.calls.answer(id, Ok((Content::Value, data)), true)),
            None if self.node.session(session.get()).is_none() => {
                return Err(no_session(session_id));
            }
            None => tracing::debug!(%session, id, "a response of a node of Go nano comes too late"),
        }
        Ok(done(()))
    }

    async fn new_member(
        &self,
        call: Call<NewMemberRequest>,
    ) -> Result<Response<NewMemberResponse>, Status> {
        self.is_told()?;
        let info = Info::parse(call.into_inner().member_info).map_err(Status::invalid_argument)?;
        if info.address == self.own {
            return Err(Status::invalid_argument("that is the address of this node"));
        }
        self.hub.check(&info).map_err(Status::invalid_argument)?;
        match self.hub.members.put(info) {
            true => Ok(Response::new(NewMemberResponse {})),
            false => Err(Status::resource_exhausted("there are too many members")),
        }
    }

    async fn del_member(
        &self,
        call: Call<DelMemberRequest>,
    ) -> Result<Response<DelMemberResponse>, Status> {
        self.is_told()?;
        self.hub.members.remove(&call.into_inner().service_addr);
        Ok(Response::new(DelMemberResponse {}))
    }

    async fn session_closed(
        &self,
        call: Call<SessionClosedRequest>,
    ) -> Result<Response<SessionClosedResponse>, Status> {
        let caller = call.extensions().get().map(|Caller(address)| *address);
        let SessionClosedRequest { session_id } = call.into_inner();
        if session_id != 0 {
            self.session_closed(session_id, caller);
        }
        Ok(Response::new(SessionClosedResponse {}))
    }

    async fn close_session(
        &self,
        call: Call<CloseSessionRequest>,
    ) -> Result<Response<CloseSessionResponse>, Status> {
        if let Some(session) = self.node.session(call.into_inner().session_id.cast_unsigned()) {
            session.close();
        }
        Ok(Response::new(CloseSessionResponse {}))
    }
}

fn done((): ()) -> Response<MemberHandleResponse> {
    Response::new(MemberHandleResponse {})
}

fn no_session(session: i64) -> Status {
    Status::not_found(format!("session not found: {session}"))
}

/// Nodes of Go nano look at nothing but whether there is an error, and log the text.
fn status(error: Error) -> Status {
    Status::unavailable(error.to_string())
}
