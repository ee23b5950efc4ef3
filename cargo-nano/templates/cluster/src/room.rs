//! A room. It is on one of the backends, and its members come from all gates.

use nano::{Context, Error, Result, Session, component, push};
use serde::{Deserialize, Serialize};

const TEXT_LIMIT: usize = 500;

pub struct Room {
    node: String,
}

/// Who is in a room, and where it is.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct View {
    pub members: Vec<String>,
    /// The name of the node that has the room.
    pub node: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Said {
    pub name: String,
    pub text: String,
}

/// The messages of a room to its members.
#[push]
pub trait RoomPush {
    /// Somebody came or left.
    #[push(name = "onView")]
    fn view(view: View);
    /// Somebody said something; whoever said it hears it, too.
    #[push(name = "onSaid")]
    fn said(said: Said);
}

impl Room {
    pub fn new(node: &str) -> Self {
        let node = node.to_owned();
        Self { node }
    }

    fn show(&self, ctx: &Context<Self>) -> Result<()> {
        let sessions = ctx.members().members();
        let members = sessions.iter().filter_map(|session| name(session).ok());
        RoomPush::to(ctx.members()).view(&View {
            members: members.collect(),
            node: self.node.clone(),
        })
    }
}

/// The name of a member, which its gate has noted.
fn name(session: &Session) -> Result<String> {
    let name = session.data().get("name")?;
    name.ok_or_else(|| Error::reject("no_name", "enter with a name"))
}

#[component(room)]
impl Room {
    /// Tells all members who is here, the caller included.
    #[handler(rate = "5/s")]
    fn look(&self, ctx: &Context<Self>) -> Result<()> {
        self.show(ctx)
    }

    /// Says something to everybody in the room, the caller included.
    #[handler(rate = "5/s")]
    fn say(&self, session: &Session, text: String, ctx: &Context<Self>) -> Result<()> {
        let said = Said {
            name: name(session)?,
            text: text.chars().take(TEXT_LIMIT).collect(),
        };
        RoomPush::to(ctx.members()).said(&said)
    }

    #[on(leave)]
    fn left(&self, ctx: &Context<Self>) -> Result<()> {
        self.show(ctx)
    }
}
