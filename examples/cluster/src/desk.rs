//! The component of the gates: it finds rooms on the backends, and tells pages of the nodes.

use nano::component::Component;
use nano::{Context, Error, ErrorKind, Group, Node, Result, RoomRef, Session, component};

use crate::messages::{DeskPush, Enter, Entered, Member, Overview};
use crate::opener::{Opener, OpenerClient};
use crate::room::Room;

const LONGEST_NAME: usize = 24;

/// The attempts to find a room that another gate opens or a lost node had.
const ATTEMPTS: usize = 3;

pub(crate) struct Desk {
    gate: String,
    backends: Vec<Node>,
    pages: Group,
}

impl Desk {
    pub(crate) fn new(gate: &str) -> Self {
        Self { gate: gate.to_owned(), backends: Vec::new(), pages: Group::default() }
    }

    fn overview(&self) -> Overview {
        let backends = self.backends.iter().map(|node| node.name().to_owned()).collect();
        Overview { gate: self.gate.clone(), backends }
    }
}

#[component]
impl Desk {
    /// Tells which nodes there are, and what changes from now on.
    #[handler]
    fn watch(&mut self, session: &Session) -> Result<Overview> {
        self.pages.add(session)?;
        Ok(self.overview())
    }

    /// Enters a room, wherever it is. A room that does not exist is opened on one of the backends.
    #[handler]
    async fn enter(
        &self,
        session: &Session,
        request: Enter,
        ctx: &Context<Self>,
    ) -> Result<Entered> {
        let [name, room] = [request.name.trim(), request.room.trim()];
        if [name, room].iter().any(|text| text.is_empty() || text.chars().count() > LONGEST_NAME) {
            let text = format!("names of people and rooms have 1 to {LONGEST_NAME} characters");
            return Err(Error::reject("bad_name", text));
        }
        session.data().set("member", &Member { name: name.to_owned(), gate: self.gate.clone() })?;
        // After the loss of a backend the session may be in no room, and here it enters another one in any case.
        session.leave::<Room>();
        let room = find(room, ctx).await?;
        session.enter(&room).await?;
        let backend = self.backends.iter().find(|node| node.number() == room.node());
        let backend = backend.map(|node| node.name().to_owned()).unwrap_or_default();
        Ok(Entered { overview: self.overview(), backend })
    }

    #[on(node_joined)]
    fn joined(&mut self, node: &Node) -> Result<()> {
        if node.has(Opener::NAME) {
            self.backends.push(node.clone());
            self.backends.sort_by(|one, other| one.name().cmp(other.name()));
            DeskPush::to(&self.pages).nodes(&self.overview())?;
        }
        Ok(())
    }

    #[on(node_left)]
    fn left(&mut self, node: &Node) -> Result<()> {
        self.backends.retain(|other| other.number() != node.number());
        DeskPush::to(&self.pages).nodes(&self.overview())
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
        match OpenerClient::new(&ctx.node().least_loaded()).open(&name.to_owned()).await {
            // Another gate was faster: its room is found now.
            Err(error) if error.kind() == ErrorKind::RoomNameTaken => {}
            opened => opened?,
        }
    }
}
