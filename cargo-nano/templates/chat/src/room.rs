//! The room: who is there, and what they say.

use nano::{Error, Group, Result, Session, component, push};
use serde::{Deserialize, Serialize};

const NAME_LIMIT: usize = 24;
const TEXT_LIMIT: usize = 500;

#[derive(Default)]
pub struct Room {
    members: Group,
    last_uid: i64,
}

/// The name of a member, which the session keeps.
#[derive(Clone)]
struct Name(String);

#[derive(Debug, Deserialize, Serialize)]
pub struct JoinRequest {
    pub name: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct JoinResponse {
    /// Everybody in the room, the caller included.
    pub members: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Words {
    pub text: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Said {
    pub name: String,
    pub text: String,
}

/// The messages that the room pushes to its members.
#[push]
pub trait RoomPush {
    /// Somebody came in.
    #[push(name = "onJoined")]
    fn joined(name: String);
    /// Somebody left, or was lost.
    #[push(name = "onLeft")]
    fn left(name: String);
    /// Somebody said something; whoever said it hears it, too.
    #[push(name = "onSaid")]
    fn said(said: Said);
}

#[component]
impl Room {
    /// Joins the room, and answers with who is there.
    #[handler]
    async fn join(&mut self, session: &Session, request: JoinRequest) -> Result<JoinResponse> {
        let name = request.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME_LIMIT {
            let text = format!("a name has 1 to {NAME_LIMIT} characters");
            return Err(Error::reject("bad_name", text));
        }
        if session.get::<Name>().is_some() {
            return Err(Error::reject(
                "already_joined",
                "you are in the room already",
            ));
        }
        self.last_uid += 1;
        session.bind(self.last_uid).await?;
        session.insert(Name(name.clone()));
        RoomPush::to(&self.members).joined(&name)?;
        self.members.add(session)?;
        let sessions = self.members.members();
        let names = sessions
            .iter()
            .filter_map(Session::get)
            .map(|Name(name)| name);
        Ok(JoinResponse {
            members: names.collect(),
        })
    }

    /// Says something to everybody in the room. At most five times a second.
    #[handler(rate = "5/s")]
    fn say(&self, session: &Session, words: Words) -> Result<()> {
        let Some(Name(name)) = session.get() else {
            return Err(Error::reject("not_joined", "join the room first"));
        };
        let text = words.text.chars().take(TEXT_LIMIT).collect();
        RoomPush::to(&self.members).said(&Said { name, text })
    }

    /// Tells the others. The session has left the group already.
    #[on(session_closed)]
    fn closed(&self, session: &Session) -> Result<()> {
        match session.get() {
            Some(Name(name)) => RoomPush::to(&self.members).left(&name),
            None => Ok(()),
        }
    }
}
