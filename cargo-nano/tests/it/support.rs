//! Processes of the command, and servers for them.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use nano::{
    App, Error, Group, Handshake, Kcp, Protobuf, Result, Resume, Server, Session, Tcp, WebSocket,
    component, push,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The manifest of the server that [`room`] starts.
pub(crate) const ROOM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/room.json");
/// The manifest of the server that [`arena`] starts.
pub(crate) const ARENA: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/typed/protobuf/manifest.json");

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn succeeded(&self) {
        assert_eq!((self.status, self.err.as_str()), (Some(0), ""), "{self:?}");
    }

    #[track_caller]
    pub(crate) fn failed(&self, status: i32, texts: &[&str]) {
        assert_eq!(self.status, Some(status), "{self:?}");
        for text in texts {
            assert!(self.err.contains(text), "`{text}` is not in {}", self.err);
        }
    }
}

pub(crate) fn command(arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-nano"));
    command.args(arguments);
    command
}

/// Runs the command.
pub(crate) fn nano(arguments: &[impl AsRef<OsStr>]) -> Ran {
    run(command(arguments), "")
}

/// Runs the command in a folder.
pub(crate) fn nano_in(folder: &Path, arguments: &[impl AsRef<OsStr>]) -> Ran {
    let mut command = command(arguments);
    command.current_dir(folder);
    run(command, "")
}

/// Runs the command with a standard input.
pub(crate) fn nano_with(input: impl AsRef<[u8]>, arguments: &[impl AsRef<OsStr>]) -> Ran {
    run(command(arguments), input)
}

fn run(mut command: Command, input: impl AsRef<[u8]>) -> Ran {
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = streams.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A command that does not read its input closes it.
    let _ = stdin.write_all(input.as_ref());
    drop(stdin);
    let output = child.wait_with_output().expect("the command ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ran { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[derive(Default)]
struct Room {
    members: Group,
}

#[derive(Deserialize, Serialize)]
struct JoinRequest {
    name: String,
}

#[derive(Deserialize, Serialize)]
struct Joined {
    name: String,
    members: usize,
}

#[derive(Clone)]
struct Token(Option<String>);

#[push]
trait RoomPush {
    #[push(name = "onJoined")]
    fn joined(name: String);
}

#[component]
impl Room {
    /// Lets everybody in but those with the token `bad`.
    #[on(handshake)]
    fn greet(&self, session: &Session, hello: Handshake<Value>) -> Result<()> {
        let token = hello.user["token"].as_str().map(str::to_owned);
        if token.as_deref() == Some("bad") {
            return Err(Error::reject("bad_token", "log in again"));
        }
        session.insert(Token(token));
        Ok(())
    }

    /// Joins the room, and tells its members.
    #[handler]
    fn join(&self, session: &Session, request: JoinRequest) -> Result<Joined> {
        self.members.add(session)?;
        RoomPush::to(&self.members).joined(&request.name)?;
        Ok(Joined { name: request.name, members: self.members.len() })
    }

    /// Tells the members, and answers nothing.
    #[handler]
    fn shout(&self, name: String) {
        let _ = RoomPush::to(&self.members).joined(&name);
    }

    /// Answers with the token of the handshake.
    #[handler]
    fn token(&self, session: &Session) -> Option<String> {
        session.get::<Token>().and_then(|Token(token)| token)
    }

    #[handler]
    fn full(&self) -> Result<()> {
        // A hostile text, too.
        Err(Error::reject("room_full", "the room\u{1b}[2J holds 8"))
    }

    /// Answers after a while.
    #[handler]
    async fn nap(&self) -> Result<()> {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        Ok(())
    }

    /// Answers nobody.
    #[handler]
    async fn hang(&self) -> Result<()> {
        std::future::pending().await
    }

    /// Closes the caller's connection.
    #[handler]
    fn leave(&self, session: &Session) {
        session.kick("thrown out");
    }
}

/// A server with a TCP port, a WebSocket at `/nano`, and a UDP port.
pub(crate) struct Running {
    pub(crate) server: Server,
    pub(crate) tcp: String,
    pub(crate) ws: String,
    pub(crate) kcp: String,
}

async fn start(app: App) -> Running {
    let app = app
        .listen(Tcp::bind("127.0.0.1:0"))
        .listen(WebSocket::bind("127.0.0.1:0").path("/nano"))
        .listen(Kcp::bind("127.0.0.1:0"));
    let server = app.start().await.expect("the server starts");
    let [tcp, ws, kcp] = [0, 1, 2].map(|at| server.addresses()[at]);
    let [tcp, ws, kcp] =
        [format!("tcp://{tcp}"), format!("ws://{ws}/nano"), format!("kcp://{kcp}")];
    Running { server, tcp, ws, kcp }
}

pub(crate) fn room_app() -> App {
    App::new().component(Room::default()).push(RoomPush)
}

/// Starts a server whose sessions wait for clients that go without a goodbye.
pub(crate) async fn patient_room() -> Running {
    start(room_app().resume(Resume::new())).await
}

/// Starts a server with JSON.
pub(crate) async fn room() -> Running {
    start(room_app()).await
}

#[derive(Clone, PartialEq, prost::Message)]
struct Enter {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int32, optional, tag = "2")]
    team: Option<i32>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Fighter {
    #[prost(int64, tag = "1")]
    id: i64,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(int32, tag = "3")]
    team: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Entered {
    #[prost(message, optional, tag = "1")]
    you: Option<Fighter>,
    #[prost(message, repeated, tag = "2")]
    others: Vec<Fighter>,
}

/// The part of the arena, whose manifest is in tests/typed, that these tests call.
struct Arena;

#[push]
trait ArenaPush {
    #[push(name = "onEntered")]
    fn entered(fighter: Fighter);
}

#[component]
impl Arena {
    #[handler]
    fn enter(&self, session: &Session, enter: Enter) -> Result<Entered> {
        if enter.name.is_empty() {
            return Err(Error::reject("bad_name", "a name is missing"));
        }
        let you = Fighter { id: 1 << 60, name: enter.name, team: enter.team.unwrap_or_default() };
        ArenaPush::to(session).entered(&you)?;
        Ok(Entered { you: Some(you), others: Vec::new() })
    }
}

/// Starts a server with Protobuf.
pub(crate) async fn arena() -> Running {
    start(App::new().serializer(Protobuf).component(Arena).push(ArenaPush)).await
}
