//! Calls to a node of Go nano.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;
use tonic::{Code, Response, Status};

use super::hub::Hub;
use super::wire::{
    CloseSessionRequest, DelMemberRequest, NewMemberRequest, NotifyMessage, PushMessage,
    RequestMessage, ResponseMessage, SessionClosedRequest, member_client,
};
use super::work::Work;
use crate::cluster::sockets::{CALL, Callee};

/// The attempts to send something to a client whose queue at a gate of Go nano, which holds 16 messages, is full; and the
/// time after the first, which doubles.
const ATTEMPTS: u32 = 6;
const WAIT: Duration = Duration::from_millis(10);

/// The longest message that a node answers with: all answers are empty.
const LARGEST_ANSWER: usize = 4096;

/// A node of Go nano that is called. It is not connected to until then.
#[derive(Clone)]
pub(super) struct Client {
    client: member_client::MemberClient<Channel>,
    callee: Callee,
    hub: Arc<Hub>,
}

/// The reason why a call failed.
#[derive(Debug)]
pub(super) enum Failed {
    /// The node was not connected to: nothing was sent.
    Unreached {
        is_refused: bool,
    },
    /// The connection broke before the answer.
    Broken,
    /// No answer came in time.
    Late,
    Refused(Status),
}

impl Failed {
    pub(super) fn of(status: Status) -> Self {
        let mut next = StdError::source(&status);
        if next.is_none() {
            return Self::Refused(status);
        }
        let (mut is_connecting, mut is_refused) = (false, false);
        while let Some(cause) = next {
            is_connecting |= cause.is::<tonic::ConnectError>();
            let io = cause.downcast_ref::<io::Error>();
            is_refused |= io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused);
            next = cause.source();
        }
        match is_connecting || is_refused {
            true => Self::Unreached { is_refused },
            false => Self::Broken,
        }
    }

    /// Returns `true` if the gate says that the client has gone.
    pub(super) fn is_client_gone(&self) -> bool {
        matches!(self, Self::Refused(status) if status.message().starts_with("session not found")
            || status.message().starts_with("broken low-level pipe"))
    }

    fn is_client_slow(&self) -> bool {
        matches!(self, Self::Refused(status) if status.message() == "session send buffer exceed")
    }

    /// Returns `true` if the node has no handler for the route.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(status) if status.code() == Code::NotFound
            || status.message().starts_with("service not found"))
    }
}

impl Client {
    /// A client of the node at an address.
    ///
    /// # Errors
    ///
    /// The fault of the address.
    pub(super) fn new(
        hub: Arc<Hub>,
        address: &str,
    ) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        Ok(Self::of(hub, Callee::new(address)?))
    }

    fn of(hub: Arc<Hub>, callee: Callee) -> Self {
        let client = member_client::MemberClient::new(callee.channel())
            .max_decoding_message_size(LARGEST_ANSWER);
        Self { client, callee, hub }
    }

    /// A client of the same node over another connection.
    pub(super) fn anew(&self) -> Self {
        Self::of(self.hub.clone(), self.callee.clone())
    }

    /// Makes a call that changes nothing: of a session that no gate has.
    pub(super) async fn probe(self) -> Result<(), Failed> {
        self.session_closed(0).await
    }

    pub(super) async fn new_member(mut self, info: Bytes) -> Result<(), Failed> {
        let call = self.hub.call(NewMemberRequest { member_info: info });
        within(self.client.new_member(call)).await
    }

    pub(super) async fn del_member(mut self, address: String) -> Result<(), Failed> {
        let call = self.hub.call(DelMemberRequest { service_addr: address });
        within(self.client.del_member(call)).await
    }

    async fn session_closed(mut self, session: i64) -> Result<(), Failed> {
        let call = self.hub.call(SessionClosedRequest { session_id: session });
        within(self.client.session_closed(call)).await
    }

    /// Does a piece of work.
    pub(super) async fn run(self, work: &Work) -> Result<(), Failed> {
        let (mut attempt, mut wait) = (1, WAIT);
        loop {
            match self.clone().attempt(work).await {
                Err(failed) if failed.is_client_slow() && attempt < ATTEMPTS => {
                    sleep(wait).await;
                    (attempt, wait) = (attempt + 1, wait * 2);
                }
                outcome => return outcome,
            }
        }
    }

    async fn attempt(mut self, work: &Work) -> Result<(), Failed> {
        let Self { client, hub, .. } = &mut self;
        match work {
            Work::Request { call, gate, session, route, body } => {
                let (gate_addr, session_id) = (gate.clone(), *session);
                let (id, route, data) = (*call, route.clone(), body.clone());
                let message = RequestMessage { gate_addr, session_id, id, route, data };
                within(client.handle_request(hub.call(message))).await
            }
            Work::Notify { gate, session, route, body, .. } => {
                let (gate_addr, session_id) = (gate.clone(), *session);
                let (route, data) = (route.clone(), body.clone());
                let message = NotifyMessage { gate_addr, session_id, route, data };
                within(client.handle_notify(hub.call(message))).await
            }
            Work::Respond { session, request, body } => {
                let (session_id, id, data) = (*session, *request, body.clone());
                let message = ResponseMessage { session_id, id, data };
                within(client.handle_response(hub.call(message))).await
            }
            Work::Push { session, route, body } => {
                let (session_id, route, data) = (*session, route.clone(), body.clone());
                let message = PushMessage { session_id, route, data };
                within(client.handle_push(hub.call(message))).await
            }
            Work::HangUp { session } => {
                let message = CloseSessionRequest { session_id: *session };
                within(client.close_session(hub.call(message))).await
            }
            Work::Ended { session } => self.session_closed(*session).await,
        }
    }
}

/// Returns `true` if the node has answered: it lives.
pub(super) fn is_answered(outcome: &Result<(), Failed>) -> bool {
    matches!(outcome, Ok(()) | Err(Failed::Refused(_)))
}

/// Waits for an answer for as long as a call may take.
async fn within<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<(), Failed> {
    match timeout(CALL, call).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(status)) => Err(Failed::of(status)),
        Err(_) => Err(Failed::Late),
    }
}
