//! The sessions: their list, and the kick.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::access::{Operator, Reader};
use super::site::Site;
use crate::session::{Session, SessionId, Uid};

/// The number of sessions in one answer: by default, and at most.
const LIMIT: usize = 100;
const MOST: usize = 500;

/// The sessions that a search looks at under one lock of the table.
const STEP: usize = 1000;

/// The longest reason of a kick, in bytes.
const REASON_LIMIT: usize = 256;

/// The part of the sessions that is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// The id after which the answer begins.
    after: Option<u64>,
    limit: Option<usize>,
    /// A part of the user's id.
    uid: Option<String>,
}

/// One session. Its id is text, because the numbers of JavaScript are too small for it.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    uid: Option<Uid>,
    peer: Option<String>,
    /// In seconds.
    age: u64,
    queued_bytes: usize,
    closing: Option<String>,
}

impl Row {
    fn of(session: &Session) -> Self {
        Self {
            id: session.id().to_string(),
            uid: session.uid(),
            peer: session.remote_addr().map(|peer| peer.to_string()),
            age: session.age().as_secs(),
            queued_bytes: session.link().queued(),
            closing: session.close_reason().map(|reason| reason.to_string()),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Listed {
    total: usize,
    sessions: Vec<Row>,
    /// The id after which the next answer begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub(super) async fn list(
    _: Reader,
    State(site): State<Arc<Site>>,
    Query(wanted): Query<Wanted>,
) -> Json<Listed> {
    let table = &site.core.runtime.sessions;
    let limit = wanted.limit.unwrap_or(LIMIT).clamp(1, MOST);
    let text = wanted.uid.unwrap_or_default();
    let is_wanted = |session: &Session| {
        text.is_empty() || session.uid().is_some_and(|uid| uid.to_string().contains(&text))
    };
    let mut after = wanted.after.map(SessionId::from_number);
    let mut sessions = Vec::new();
    loop {
        // Whoever looks for one of many sees most of the table, but other tasks get their turn.
        let step = if text.is_empty() { limit } else { STEP };
        let part = table.part(after, step);
        let is_last = part.len() < step;
        for session in part {
            after = Some(session.id());
            if is_wanted(&session) {
                sessions.push(Row::of(&session));
                if sessions.len() == limit {
                    let next = after.map(|id| id.to_string());
                    return Json(Listed { total: table.len(), sessions, next });
                }
            }
        }
        if is_last {
            return Json(Listed { total: table.len(), sessions, next: None });
        }
        tokio::task::yield_now().await;
    }
}

/// The body of a kick.
#[derive(Debug, Deserialize)]
struct Kick {
    reason: Option<String>,
}

pub(super) async fn kick(
    operator: Operator,
    State(site): State<Arc<Site>>,
    Path(id): Path<u64>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, String)> {
    let bad = |text: String| (StatusCode::BAD_REQUEST, text);
    let kick = match body.is_empty() {
        true => Kick { reason: None },
        false => serde_json::from_slice(&body)
            .map_err(|error| bad(format!("the body is not {{\"reason\": \"..\"}}: {error}\n")))?,
    };
    let reason = kick.reason.unwrap_or_else(|| "kicked by the operator".into());
    if reason.len() > REASON_LIMIT {
        let text = format!("the reason has {} bytes; {REASON_LIMIT} are the most\n", reason.len());
        return Err(bad(text));
    }
    let Some(session) = site.core.runtime.sessions.get(SessionId::from_number(id)) else {
        return Err((StatusCode::NOT_FOUND, format!("there is no session {id}\n")));
    };
    let (uid, peer) = (session.uid(), operator.peer);
    tracing::info!(session = id, ?uid, ?reason, ?peer, "a session is kicked on the admin page");
    session.kick(reason);
    Ok(StatusCode::NO_CONTENT)
}
