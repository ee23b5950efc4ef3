//! The server: an app with rooms, channels and timers, and a console on its standard input.

mod census;
mod channels;
mod known;
mod lobby;
mod stages;
mod table;

use std::mem;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use nano::{App, DuplicateLogin, Group, Resume, RoomType, Server, Tcp, Tls, WebSocket};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::protocol::{
    Addresses, CHANNELS, Census, Drained, HANDSHAKE_TIMEOUT, HEARTBEAT, SoakPush, Started,
};
use channels::Channels;
use known::{BEGUN, IS_DRAINING};
use lobby::{Gate, Lobby};
use table::Table;

/// A fault of the server that the load has to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// Every tenth push of a channel does not reach one of its members
    Push,
    /// Every tenth push of a table does not reach its spectators
    Spectator,
    /// One message in a thousand skips a stage
    Stage,
    /// One echo in a thousand is the answer to another session
    Reply,
    /// One request in two hundred of a kind is never answered
    Silence,
    /// One reminder in fifty does not end
    Timer,
    /// One session in a hundred is kept when it has ended
    Session,
    /// Some sessions are closed in the drain without a word
    Farewell,
}

/// The options of a server.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Options {
    /// A fault of the server, which the run has to find
    #[arg(long)]
    pub(crate) plant: Option<Fault>,
    /// Leave out the stages around messages: then a broadcast is encoded once for all of its receivers
    #[arg(long)]
    pub(crate) plain: bool,
}

/// The parts of a running server that its console needs.
struct Console {
    server: Server,
    channels: Vec<Group>,
    gate: Gate,
}

/// Runs the server until its standard input closes. A line `census` is answered with a [`Census`], a line `drain` and a
/// number of seconds with [`Drained`] when the server has ended.
pub(crate) async fn run(certificate: &Path, options: Options) -> Result<()> {
    census::watch_panics();
    let bare = census::of_process()?;
    let console = start(certificate, options).await?;
    let &[tcp, websocket, tls, tls_websocket] = console.server.addresses() else {
        anyhow::bail!("the server has other listeners than it should");
    };
    say(&Started { addresses: Addresses { tcp, websocket, tls, tls_websocket }, bare })?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let Some(seconds) = line.strip_prefix("drain ") else {
            say(&census::of_app(&console.server, &console.channels)?)?;
            continue;
        };
        let last = console.drain(Duration::from_secs(seconds.parse()?)).await?;
        // The tasks that are left are those of the process.
        while lines.next_line().await?.is_some() {
            let Census { sessions, rooms, seats, spectators, members, .. } = last;
            let process = census::of_process()?;
            say(&Census { sessions, rooms, seats, spectators, members, ..process })?;
        }
        return Ok(());
    }
    console.server.shutdown().await;
    Ok(())
}

impl Console {
    /// Drains the server. Returns the last census of the app.
    async fn drain(self, time: Duration) -> Result<Census> {
        // Nobody is on the way to a table any more: those at one are told when it closes.
        *self.gate.write().await = true;
        IS_DRAINING.store(true, Ordering::SeqCst);
        self.server.drain(time).await;
        let begun = mem::take(&mut *BEGUN.lock().unwrap_or_else(PoisonError::into_inner));
        say(&Drained { begun })?;
        census::of_app(&self.server, &self.channels)
    }
}

fn say(value: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// The time after which a handler is cut off: longer than players wait.
const HANDLER_TIMEOUT: Duration = Duration::from_secs(3600);

async fn start(folder: &Path, options: Options) -> Result<Console> {
    let pem = |name: &str| -> PathBuf { folder.join(name) };
    let tls = Tls::pem(pem("cert.pem"), pem("key.pem"));
    let websocket = || WebSocket::bind("127.0.0.1:0").path("/nano");
    let tcp = || Tcp::bind("127.0.0.1:0");
    let tables = RoomType::<Table>::new().max_members(4).close_when_empty(Duration::from_secs(1));
    let (channels, gate): (Vec<_>, _) =
        ((0..CHANNELS).map(|_| Group::new()).collect(), Gate::default());
    let Options { plant, plain } = options;
    let app = App::new()
        .component(Lobby::new(gate.clone(), plant))
        .component(Channels::new(&channels, plant))
        .rooms(tables)
        .push(SoakPush)
        .require_bind()
        .duplicate_login(DuplicateLogin::Replace)
        .resume(Resume::new().window(Duration::from_secs(8)).messages(2048).bytes(512 * 1024))
        // Long, since the clients share a busy machine with the server, and not all of them get a turn in time.
        .heartbeat(HEARTBEAT)
        .handshake_timeout(HANDSHAKE_TIMEOUT)
        .handler_timeout(HANDLER_TIMEOUT)
        .packet_rate(2000)
        .outbound_limit(512 * 1024)
        .listen(tcp())
        .listen(websocket())
        .listen(tls.over(tcp()))
        .listen(tls.over(websocket()));
    let app = if plain { app } else { stages::add(app, plant) };
    let server = app.start().await.context("the app does not start")?;
    Ok(Console { server, channels, gate })
}
