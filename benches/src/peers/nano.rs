//! nano: a handler of undecoded bytes, and a room that broadcasts.

use anyhow::{Context as _, Result};
use nano::{App, Bytes, Group, Session, Tcp, WebSocket, component, push};

use super::announce;
use crate::transport::Transport;

struct Echo;

#[component]
impl Echo {
    #[handler]
    fn say(&self, body: Bytes) -> Bytes {
        body
    }
}

#[push]
trait RoomPush {
    #[push(name = "room.said")]
    fn said(body: Bytes);
}

#[derive(Default)]
struct Room {
    members: Group,
}

#[component]
impl Room {
    #[handler]
    fn join(&self, session: &Session) -> nano::Result<()> {
        self.members.add(session)
    }

    #[handler]
    fn say(&self, body: Bytes) -> nano::Result<()> {
        RoomPush::to(&self.members).said(&body)
    }
}

/// Creates an app whose clients may send as fast as they can.
pub(super) fn unlimited() -> App {
    App::new().packet_rate(None).byte_rate(None)
}

pub(super) fn app() -> App {
    unlimited().component(Echo).component(Room::default())
}

/// Starts an app, announces its address, and serves until the process ends.
pub(super) async fn serve(app: App, transport: Transport) -> Result<()> {
    let app = match transport {
        Transport::Tcp => app.listen(Tcp::bind("127.0.0.1:0")),
        Transport::Ws => app.listen(WebSocket::bind("127.0.0.1:0")),
    };
    let server = app.start().await?;
    announce(*server.addresses().first().context("the app does not listen")?)?;
    server.run().await?;
    Ok(())
}
