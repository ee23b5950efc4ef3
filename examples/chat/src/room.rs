//! The room: its members and their latest messages.

use std::collections::VecDeque;
use std::time::{SystemTime, UNIX_EPOCH};

use nano::{Error, Group, Result, Session, component, push};
use serde::{Deserialize, Serialize};

const NAME_LIMIT: usize = 24;
const TEXT_LIMIT: usize = 500;
const HISTORY: usize = 50;

#[derive(Default)]
pub(crate) struct Room {
    members: Group,
    history: VecDeque<ChatMessage>,
    last_uid: u32,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct JoinRequest {
    name: String,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct JoinResponse {
    uid: u32,
    members: Vec<User>,
    history: VecDeque<ChatMessage>,
}

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct User {
    uid: u32,
    name: String,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Say {
    text: String,
}

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct ChatMessage {
    uid: u32,
    name: String,
    text: String,
    /// Milliseconds since 1970.
    at: u64,
}

/// The messages that the server pushes to clients.
#[push]
pub(crate) trait RoomPush {
    /// Somebody came in.
    #[push(name = "onNewUser")]
    fn new_user(user: User);
    /// Somebody left, or was lost.
    #[push(name = "onLeave")]
    fn user_left(user: User);
    /// Somebody said something.
    #[push(name = "onMessage")]
    fn message(message: ChatMessage);
}

#[component]
impl Room {
    /// Joins the room and answers with who is there and what was said lately.
    #[handler]
    async fn join(&mut self, session: &Session, request: JoinRequest) -> Result<JoinResponse> {
        let name = request.name.trim();
        if name.is_empty() || name.chars().count() > NAME_LIMIT {
            let text = format!("a name has 1 to {NAME_LIMIT} characters");
            return Err(Error::reject("bad_name", text));
        }
        if session.get::<User>().is_some() {
            return Err(Error::reject("already_joined", "you are in the room already"));
        }
        self.last_uid += 1;
        let user = User { uid: self.last_uid, name: name.to_owned() };
        session.bind(user.uid).await?;
        session.insert(user.clone());
        RoomPush::to(&self.members).new_user(&user)?;
        self.members.add(session)?;
        let members = self.members.members();
        Ok(JoinResponse {
            uid: user.uid,
            members: members.iter().filter_map(Session::get).collect(),
            history: self.history.clone(),
        })
    }

    /// Says something to everybody in the room, the sender included.
    #[handler]
    fn message(&mut self, session: &Session, say: Say) -> Result<()> {
        let user: User =
            session.get().ok_or_else(|| Error::reject("not_joined", "join the room first"))?;
        let text: String = say.text.trim().chars().take(TEXT_LIMIT).collect();
        if text.is_empty() {
            return Ok(());
        }
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_err(Error::internal)?;
        let at = u64::try_from(at.as_millis()).map_err(Error::internal)?;
        let message = ChatMessage { uid: user.uid, name: user.name, text, at };
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(message.clone());
        RoomPush::to(&self.members).message(&message)
    }

    /// Tells the other members. The session has left the group already.
    #[on(session_closed)]
    fn left(&self, session: &Session) -> Result<()> {
        match session.get::<User>() {
            Some(user) => RoomPush::to(&self.members).user_left(&user),
            None => Ok(()),
        }
    }

    #[every("60s")]
    fn report(&self) {
        tracing::info!(members = self.members.len(), "room");
    }
}
