//! Messages that a node of Go nano sends on for a client of this node, or of another one that is none of Go nano's.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;

use super::hub::Hub;
use crate::cluster::frames::unavailable;
use crate::cluster::node::Node;
use crate::cluster::peer::Peer;
use crate::cluster::received::{AnswerTo, Received};
use crate::dispatch::Runtime;
use crate::error::shown;
use crate::session::{CallTarget, Calls, ComponentCall, Depth, SessionId};
use crate::{Error, ErrorKind, Result};

/// They are calls of a component, for all that this node can know.
const DEPTH: Depth = Depth { calls: 1, until: None };

/// Lets the handler for a client of this node run.
pub(super) fn to_own(node: &Node, id: SessionId, route: String, body: Bytes) -> Result<()> {
    let runtime = runtime(node, &route)?;
    let gone = || Error::new(ErrorKind::Closed, "the session has ended");
    let target = CallTarget::Session(node.session(id.get()).ok_or_else(gone)?);
    let call = ComponentCall { route, body, is_notify: true, target, depth: DEPTH, arrival: None };
    // A notify is on its way when this returns.
    runtime.call(call).now_or_never().unwrap_or_else(|| Ok(Bytes::new())).map(drop)
}

/// Lets the handler for a client of another node run, whose gate is told that the session is here.
pub(super) fn to_other(
    node: &Node,
    hub: &Hub,
    gate: &Peer,
    id: SessionId,
    route: String,
    body: Bytes,
) -> Result<()> {
    runtime(node, &route)?;
    let away = || unavailable("the node of the session's client cannot be reached");
    let (link, sessions) = gate.link().zip(gate.sessions()).ok_or_else(away)?;
    let many = |_| unavailable("too many messages that nodes of Go nano sent on are handled");
    let permit = hub.relayed.clone().try_acquire_owned().map_err(many)?;
    let answer = AnswerTo { id: 0, link, _permit: permit, _token: node.handling.token() };
    let call =
        Received { route, body, is_notify: true, depth: DEPTH, state: None, arrival: None, answer };
    sessions.relayed(id, call)
}

/// Returns the runtime, if it has a handler for clients.
fn runtime(node: &Node, route: &str) -> Result<Arc<Runtime>> {
    let runtime = node.runtime.get().ok_or_else(|| unavailable("the node starts"))?;
    match runtime.routes.by_name(route.as_bytes()) {
        Some(_) => Ok(runtime.clone()),
        None => Err(Error::new(ErrorKind::NotFound, format!("no route `{}`", shown(route)))),
    }
}
