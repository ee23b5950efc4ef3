//! The component of the gates: it finds rooms on the backends.

use nano::{Context, Error, ErrorKind, Result, RoomRef, Session, component};
use serde::{Deserialize, Serialize};

use crate::opener::OpenerClient;
use crate::room::Room;

const NAME_LIMIT: usize = 24;
/// The attempts to find a room that another gate opens, or that a lost node had.
const ATTEMPTS: usize = 3;

pub struct Desk;

#[derive(Debug, Deserialize, Serialize)]
pub struct EnterRequest {
    pub name: String,
    pub room: String,
}

#[component]
impl Desk {
    /// Enters a room, wherever it is. One that does not exist is opened on a backend.
    #[handler(rate = "5/s")]
    async fn enter(
        &self,
        session: &Session,
        request: EnterRequest,
        ctx: &Context<Self>,
    ) -> Result<()> {
        let [name, room] = [request.name.trim(), request.room.trim()];
        let is_bad = |text: &str| text.is_empty() || text.chars().count() > NAME_LIMIT;
        if is_bad(name) || is_bad(room) {
            let text = format!("names of people and rooms have 1 to {NAME_LIMIT} characters");
            return Err(Error::reject("bad_name", text));
        }
        // The room reads it on its node: values of `session.insert` would stay here.
        session.data().set("name", &name)?;
        session.leave::<Room>();
        session.enter(&find(room, ctx).await?).await
    }
}

/// Finds a room, or lets a backend open it.
async fn find(name: &str, ctx: &Context<Desk>) -> Result<RoomRef<Room>> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match ctx.find::<Room>(name).await {
            Err(error) if error.kind() == ErrorKind::RoomClosed && attempts < ATTEMPTS => {}
            found => return found,
        }
        let opener = OpenerClient::new(&ctx.node().any());
        match opener.open(&name.to_owned()).await {
            // Another gate was faster: its room is found now.
            Err(error) if error.kind() == ErrorKind::RoomNameTaken => {}
            opened => opened?,
        }
    }
}
