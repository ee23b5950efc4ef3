//! The example of the documentation, without its `main`.

use nano::{Group, Result, Session, component, push};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct JoinRequest {
    name: String,
}

#[derive(Deserialize, Serialize)]
struct JoinResponse {
    members: Vec<String>,
}

#[derive(Deserialize, Serialize)]
struct NewUser {
    name: String,
}

#[derive(Deserialize, Serialize)]
struct ChatMessage {
    text: String,
}

struct Room {
    members: Group,
}

/// The messages that the server pushes to clients.
#[push]
trait RoomPush {
    /// Somebody came in.
    #[push(name = "onNewUser")]
    fn new_user(msg: NewUser);
    /// Somebody said something.
    #[push(name = "onMessage")]
    fn message(msg: ChatMessage);
}

#[component]
impl Room {
    /// Joins the room and answers with who is there.
    #[handler]
    async fn join(&mut self, session: &Session, req: JoinRequest) -> Result<JoinResponse> {
        let _ = session;
        RoomPush::to(&self.members).new_user(&NewUser { name: req.name })?;
        Ok(JoinResponse { members: Vec::new() })
    }

    #[handler]
    fn message(&self, msg: ChatMessage) -> Result<()> {
        RoomPush::to(&self.members).message(&msg)
    }

    #[on(session_closed)]
    fn left(&mut self, session: &Session) {
        let _ = session;
    }

    #[every("60s")]
    fn report(&self) {}
}

fn events() -> nano::PushSet {
    RoomPush.into()
}

fn main() {
    let _ = events();
}
