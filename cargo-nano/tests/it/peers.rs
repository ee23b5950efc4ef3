//! `cargo nano call` and `repl` against servers of other frameworks, which `cargo xtask peers` builds.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::{nano, nano_with};

/// A server that runs as long as this lives.
struct Peer {
    child: Child,
    /// What it prints later is not read, and is not refused either.
    _out: BufReader<ChildStdout>,
    /// The line that it has printed: its address, or a URL.
    printed: String,
}

impl Peer {
    /// Starts the program that NANO_PEER names.
    fn start(arguments: &[&str]) -> Self {
        let program =
            env::var_os("NANO_PEER").expect("run `cargo xtask peers`, which sets NANO_PEER");
        let program = PathBuf::from(program);
        let is_script = program.extension().is_some_and(|extension| extension == "js");
        let mut command = if is_script { script(&program) } else { Command::new(&program) };
        let mut child = command
            .args(arguments)
            // It ends when this is closed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut printed = String::new();
        // Some log before.
        while !["tcp://", "ws://", "127.0.0.1:"].iter().any(|start| printed.starts_with(start)) {
            printed.clear();
            let read = out.read_line(&mut printed).expect("a line");
            assert!(read > 0, "the server has ended: {:?}", child.wait());
        }
        let printed = printed.trim().to_owned();
        Self { child, _out: out, printed }
    }
}

fn script(path: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(path);
    command
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const ANN: &str = r#"{"name":"Ann"}"#;

/// Calls the routes that all of these servers have, at one URL. `room` is the start of their routes.
fn calls(url: &str, room: &str) {
    let route = |name: &str| format!("{room}.{name}");
    let join = route("join");
    let ran = nano(&["call", url, &join, ANN]);
    ran.succeeded();
    assert_eq!(ran.out, format!("{ANN}\n"), "{url}");
    let ran = nano(&["call", url, &join, ANN, "--listen", "300ms"]);
    ran.succeeded();
    let mut lines: Vec<_> = ran.out.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, [&format!("onJoined {ANN}"), ANN], "{url}");
    let ran = nano(&["call", url, &route("shout"), ANN, "--notify", "--listen", "300ms"]);
    ran.succeeded();
    assert_eq!(ran.out, format!("onJoined {ANN}\n"), "{url}");
    let ran = nano(&["call", url, &route("long"), ANN]);
    ran.succeeded();
    assert!(ran.out.len() > 10_000 && ran.out.contains("long long "), "{url}: {}", ran.out.len());

    // One connection of the console, on which a failed line does no harm.
    let lines = format!("{join} {ANN}\n{} {ANN}\n", route("long"));
    let ran = nano_with(&lines, &["repl", url]);
    ran.succeeded();
    assert!(ran.out.contains(&format!("{ANN}\n")), "{url}: {}", ran.out);
    assert!(ran.out.contains(&format!("onJoined {ANN}")), "{url}: {}", ran.out);
}

#[test]
#[ignore = "needs a server of Go nano: `cargo xtask peers go_nano`"]
fn go_nano() {
    for option in ["-tcp", "-ws"] {
        let peer = Peer::start(&[option]);
        let url = &peer.printed;
        calls(url, "room");
        // Go nano answers no request whose handler fails.
        let full = nano(&["call", url, "room.full", ANN, "--timeout", "500ms"]);
        full.failed(3, &["help: --timeout waits longer"]);
    }
    let peer = Peer::start(&["-tcp", "-dictionary"]);
    let push = nano(&["call", &peer.printed, "room.join", ANN]);
    push.failed(3, &["broke the protocol: push with code 2, which the dictionary does not have"]);
}

#[test]
#[ignore = "needs a server of pitaya: `cargo xtask peers pitaya`"]
fn pitaya() {
    for option in ["-tcp", "-ws"] {
        let peer = Peer::start(&[option]);
        let url = &peer.printed;
        calls(url, "chat.room");
        nano(&["call", url, "chat.room.full", ANN])
            .failed(1, &["error: room_full: the room is full"]);
        nano(&["call", url, "chat.room.jion", ANN]).failed(1, &["error: PIT-404: "]);
    }
}

#[test]
#[ignore = "needs a server of pinus: `cargo xtask peers pinus`"]
fn pinus() {
    let peer = Peer::start(&[]);
    for scheme in ["tcp", "ws"] {
        let url = format!("{scheme}://{}", peer.printed);
        calls(&url, "connector.roomHandler");
        // To pinus an error is a reply whose code says so.
        let full = nano(&["call", &url, "connector.roomHandler.full", ANN]);
        full.succeeded();
        assert_eq!(full.out, "{\"code\":500}\n");
    }
}

#[test]
#[ignore = "needs a server of pomelo: `cargo xtask peers pomelo`"]
fn pomelo() {
    let peer = Peer::start(&[]);
    for scheme in ["tcp", "ws"] {
        let url = format!("{scheme}://{}", peer.printed);
        // Its pushes are codes of the dictionary that it sends.
        calls(&url, "connector.roomHandler");
        // To pomelo an error is a reply whose code says so.
        let full = nano(&["call", &url, "connector.roomHandler.full", ANN]);
        full.succeeded();
        assert!(full.out.contains("\"code\":500"), "{}", full.out);
    }
}
