//! The rooms: their list, and their end.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::access::{Operator, Reader};
use super::site::Site;
use crate::component::{ListedRoom, RoomId};

/// The number of rooms in one answer: by default, and at most.
const LIMIT: usize = 100;
const MOST: usize = 500;

/// The part of the rooms that is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// The id after which the answer begins.
    after: Option<RoomId>,
    limit: Option<usize>,
}

/// One room.
#[derive(Debug, Serialize)]
struct Row {
    id: RoomId,
    r#type: &'static str,
    name: Option<String>,
    members: usize,
    max_members: usize,
    spectators: usize,
    locked: bool,
    private: bool,
    /// In seconds.
    age: u64,
}

impl From<ListedRoom> for Row {
    fn from(room: ListedRoom) -> Self {
        Self {
            id: room.id,
            r#type: room.kind,
            name: room.name,
            members: room.members,
            max_members: room.max_members,
            spectators: room.spectators,
            locked: room.is_locked,
            private: room.is_private,
            age: room.age.as_secs(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Listed {
    total: usize,
    rooms: Vec<Row>,
    /// The id after which the next answer begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<RoomId>,
}

pub(super) async fn list(
    _: Reader,
    State(site): State<Arc<Site>>,
    Query(wanted): Query<Wanted>,
) -> Json<Listed> {
    let components = &site.core.components;
    let limit = wanted.limit.unwrap_or(LIMIT).clamp(1, MOST);
    // One more than asked for, to know whether it is there.
    let mut rooms = components.list_rooms(wanted.after, limit + 1);
    let more = rooms.len() > limit;
    rooms.truncate(limit);
    let next = rooms.last().map(|room| room.id).filter(|_| more);
    let total = components.count_rooms().map(|(_, count)| count).sum();
    Json(Listed { total, rooms: rooms.into_iter().map(Row::from).collect(), next })
}

pub(super) async fn close(
    operator: Operator,
    State(site): State<Arc<Site>>,
    Path(id): Path<RoomId>,
) -> Result<StatusCode, (StatusCode, String)> {
    if !site.core.components.close_room(id) {
        return Err((StatusCode::NOT_FOUND, format!("there is no room {id}\n")));
    }
    let peer = operator.peer;
    tracing::info!(room = %id, ?peer, "a room is closed on the admin page");
    Ok(StatusCode::NO_CONTENT)
}
