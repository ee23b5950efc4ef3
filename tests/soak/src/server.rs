//! The server: an app with rooms, channels and timers, and a console on its standard input.

mod census;
mod channels;
mod lobby;
mod table;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use nano::{App, DuplicateLogin, Resume, RoomType, Server, Tcp, Tls, WebSocket};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::protocol::{Addresses, SoakPush};
use channels::Channels;
use lobby::Lobby;
use table::Table;

/// A fault of the server that the load has to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// Every tenth push of a channel does not reach one of its members.
    Push,
    /// One echo in a thousand is the answer to another session.
    Reply,
    /// One session in a hundred is kept when it has ended.
    Session,
}

/// Runs the server until its standard input closes. Each line of it is answered with a census.
pub(crate) async fn run(certificate: &Path, fault: Option<Fault>) -> Result<()> {
    census::watch_panics();
    let server = start(certificate, fault).await?;
    let &[tcp, websocket, tls, tls_websocket] = server.addresses() else {
        anyhow::bail!("the server has other listeners than it should");
    };
    say(&Addresses { tcp, websocket, tls, tls_websocket })?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while lines.next_line().await?.is_some() {
        say(&census::take(&server).await?)?;
    }
    server.shutdown().await;
    Ok(())
}

fn say(value: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

async fn start(certificate: &Path, fault: Option<Fault>) -> Result<Server> {
    let tls = Tls::pem(certificate.join("cert.pem"), certificate.join("key.pem"));
    let websocket = || WebSocket::bind("127.0.0.1:0").path("/nano");
    let tcp = || Tcp::bind("127.0.0.1:0");
    let tables = RoomType::<Table>::new().max_members(4).close_when_empty(Duration::from_secs(1));
    let app = App::new()
        .component(Lobby::new(fault))
        .component(Channels::new(fault))
        .rooms(tables)
        .push(SoakPush)
        .require_bind()
        .duplicate_login(DuplicateLogin::Replace)
        .resume(Resume::new().window(Duration::from_secs(8)).messages(2048).bytes(512 * 1024))
        // Long, since the clients share a busy machine with the server, and not all of them get a turn in time.
        .heartbeat(Duration::from_secs(10))
        .handshake_timeout(Duration::from_secs(15))
        .packet_rate(2000)
        .outbound_limit(512 * 1024)
        .listen(tcp())
        .listen(websocket())
        .listen(tls.over(tcp()))
        .listen(tls.over(websocket()));
    app.start().await.context("the app does not start")
}
