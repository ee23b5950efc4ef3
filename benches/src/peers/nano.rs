//! nano: a handler of undecoded bytes, and a room that broadcasts.

use std::path::Path;

use anyhow::{Context as _, Result};
use nano::{App, Bytes, Group, Kcp, Session, Tcp, Tls, WebSocket, component, push};

use super::serve::announce;
use crate::certificate;
use crate::transport::Transport;

pub(super) struct Echo;

#[component]
impl Echo {
    #[handler]
    fn say(&self, body: Bytes) -> Bytes {
        body
    }

    #[handler]
    fn poke(&self, session: &Session, body: Bytes) -> nano::Result<()> {
        session.push_bytes("echo.poked", &body)
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
pub(super) async fn serve(
    app: App,
    transport: Transport,
    certificate: Option<&Path>,
) -> Result<()> {
    let tls = || {
        let folder = certificate.context("TLS needs the folder of a certificate")?;
        let [chain, key] = certificate::files(folder);
        anyhow::Ok(Tls::pem(chain, key))
    };
    let (tcp, websocket) = (Tcp::bind("127.0.0.1:0"), WebSocket::bind("127.0.0.1:0"));
    let app = match transport {
        Transport::Tcp => app.listen(tcp),
        Transport::Ws => app.listen(websocket),
        Transport::Tls => app.listen(tls()?.over(tcp)),
        Transport::Wss => app.listen(tls()?.over(websocket)),
        Transport::Kcp => app.listen(Kcp::bind("127.0.0.1:0")),
    };
    let server = app.start().await?;
    announce(server.addresses())?;
    server.run().await?;
    Ok(())
}
