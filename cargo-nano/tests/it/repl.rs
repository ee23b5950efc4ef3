//! `cargo nano repl`.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::pty::{OpenptyResult, openpty};

use crate::support::{ROOM, command, nano, nano_with, room};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_lines_is_run_on_one_connection() {
    let room = room().await;
    let lines = "\
        request room.join {\"name\": \"Ann\"}\n\
        notify room.shout \"Bob\"\n\
        \n\
        wait 300ms\n\
        room.token\n\
        mute Join\n\
        notify room.shout \"Cat\"\n\
        room.token\n\
        unmute\n\
        notify room.shout \"Dan\"\n\
        room.token\n\
        routes jo\n\
        quit\n\
        room.never\n";
    let ran = nano_with(lines, &["repl", &room.ws, "--manifest", ROOM]);
    ran.succeeded();
    let expected = "\
        onJoined \"Ann\"\n\
        {\"name\":\"Ann\",\"members\":1}\n\
        onJoined \"Bob\"\n\
        null\n\
        null\n\
        onJoined \"Dan\"\n\
        null\n\
        room.join {name: string} -> {name: string, members: integer}\n    \
            Joins the room, and tells its members.\n";
    assert_eq!(ran.out, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_fails_does_not_end_the_console_but_its_status() {
    let room = room().await;
    let ran = nano_with("room.full\nrotes\nroom.token\n", &["repl", &room.tcp]);
    ran.failed(1, &["error: room_full: ", "did you mean `routes`?", "not all lines succeeded"]);
    assert_eq!(ran.out, "null\n");

    let ran = nano_with(b"room.token\nroom.join \"\xff\"\nroom.token\n", &["repl", &room.tcp]);
    ran.failed(1, &["error: the input cannot be read: ", "not all lines succeeded"]);
    assert_eq!(ran.out, "null\n");

    // The server ends the connection: the next message opens another.
    let ran = nano_with("notify room.leave\nwait 2s\nroom.token\n", &["repl", &room.tcp]);
    ran.succeeded();
    assert_eq!(
        ran.out,
        "the server closed the connection: thrown out; the next message connects again\nnull\n"
    );
}

/// A console that is used as a person uses it.
struct Typist {
    child: Child,
    terminal: File,
    shown: mpsc::Receiver<Vec<u8>>,
    text: String,
}

impl Typist {
    fn new(arguments: &[&str]) -> Self {
        let OpenptyResult { master, slave } = openpty(None, None).expect("a terminal");
        let stream = || Stdio::from(slave.try_clone().expect("a descriptor"));
        let mut command = command(arguments);
        command.env("TERM", "xterm").stdin(stream()).stdout(stream()).stderr(stream());
        let child = command.spawn().expect("the console starts");
        let terminal = File::from(master);
        let mut reader = terminal.try_clone().expect("a descriptor");
        let (sender, shown) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read) = reader.read(&mut bytes) {
                if read == 0 || sender.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, terminal, shown, text: String::new() }
    }

    fn types(&mut self, keys: &str) {
        self.terminal.write_all(keys.as_bytes()).expect("the terminal takes it");
    }

    /// Waits until a text is shown, and forgets what was before it.
    #[track_caller]
    fn sees(&mut self, text: &str) {
        loop {
            if let Some(at) = self.text.find(text) {
                self.text.drain(..at + text.len());
                return;
            }
            match self.shown.recv_timeout(Duration::from_secs(20)) {
                Ok(bytes) => self.text.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("`{text}` is not shown: {:?}", self.text),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_completes_words_and_sees_pushes_while_typing() {
    let room = room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let history = folder.path().join("history");
    let path = history.to_str().expect("a path in UTF-8");
    let mut ann = Typist::new(&["repl", &room.ws, "--manifest", ROOM, "--history", path]);
    ann.sees("`help` lists the commands");
    ann.sees("> ");
    ann.types("room.jo\t");
    ann.sees("room.join ");
    ann.sees("{name: string}");
    ann.types("{na\t");
    ann.sees("{\"name\": ");
    ann.types("\"Ann\"}\r");
    ann.sees("onJoined \"Ann\"");
    ann.sees("{\"name\":\"Ann\",\"members\":1}");
    ann.sees("> ");
    ann.types("room.to");
    ann.sees("room.to");
    nano(&["call", &room.tcp, "room.shout", "\"Bob\"", "--notify"]).succeeded();
    ann.sees("onJoined \"Bob\"");
    ann.sees("room.to");
    ann.types("ken\r");
    ann.sees("null");
    ann.types("room.full\r");
    ann.sees("error: room_full: the room\\u{1b}[2J holds 8");
    ann.types(" routes secret\r");
    ann.sees("no route contains `secret`");
    ann.types("quit\r");
    assert!(ann.child.wait().expect("it ends").success());

    let lines = fs::read_to_string(&history).expect("a history");
    assert!(lines.contains("room.join {\"name\": \"Ann\"}\nroom.token\n"), "{lines}");
    assert!(!lines.contains("secret"), "a line with a blank before it is kept: {lines}");
    let mode = fs::metadata(&history).expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "others cannot read what was entered: {mode:o}");
}
