//! The server of the client's tests.

use std::time::Duration;

use nano::{App, Error, Group, Reply, Result, Session, component, push};
use serde::{Deserialize, Serialize};

/// A text that both serializers can handle.
#[derive(Clone, PartialEq, Serialize, Deserialize, prost::Message)]
pub(super) struct Text {
    #[prost(string, tag = "1")]
    pub(super) text: String,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

#[push]
pub(super) trait RoomPush {
    /// Somebody said something.
    #[push(name = "onText")]
    fn text(text: Text);
}

#[derive(Default)]
pub(super) struct Room {
    members: Group,
}

#[component]
impl Room {
    #[handler]
    pub(super) fn join(&mut self, session: &Session, name: Text) -> Result<Text> {
        self.members.add(session)?;
        RoomPush::to(&self.members).text(&Text { text: format!("{} is here", name.text) })?;
        Ok(name)
    }

    #[handler]
    fn say(&self, text: Text) -> Result<()> {
        RoomPush::to(&self.members).text(&text)
    }

    #[handler]
    fn refuse(&self) -> Result<Text> {
        Err(Error::reject("room_full", "the room holds 8 players"))
    }

    #[handler]
    fn mute(&self, whom: Text) -> Result<()> {
        match whom.text.as_str() {
            "ann" => Err(Error::reject("not_allowed", "ann cannot be muted")),
            _ => Ok(()),
        }
    }

    #[handler]
    fn fail(&self) -> Result<Text> {
        Err(Error::internal("the database is away"))
    }

    #[handler]
    fn panic(&self) -> Text {
        panic!("this handler always panics")
    }

    #[handler]
    async fn slow(&self, reply: Reply<Text>) {
        tokio::time::sleep(Duration::from_secs(90)).await;
        reply.send(Text::new("at last"));
    }

    #[handler]
    fn kick(&self, session: &Session, reason: Text) {
        session.kick(reason.text);
    }

    #[handler]
    fn close(&self, session: &Session) {
        session.close();
    }

    #[on(session_opened)]
    fn opened(&self, session: &Session) -> Result<()> {
        RoomPush::to(session).text(&Text::new("welcome"))
    }
}

pub(super) fn app() -> App {
    App::new().component(Room::default()).push(RoomPush)
}
