//! The floors of `nano/src`, and the tests that hold them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::graph::Graph;
use super::root;
use super::rules::{Arrow, Floor, Floors, circular};

/// The floors, the lowest first. An arrow goes down, or stays where it is: see ARCHITECTURE.md.
const FLOORS: &[Floor] = &[
    // Used by all.
    Floor {
        name: "base",
        holds: &[
            "error", "log", "metrics", "panics", "proto", "clock", "deadline", "random", "rate",
            "sync", "trace",
        ],
        rests_on: &[],
    },
    // Byte streams over UDP, for listeners and for the client.
    Floor { name: "udp", holds: &["udp"], rests_on: &["base"] },
    // Bytes to packets and messages, and back.
    Floor { name: "codec", holds: &["codec"], rests_on: &["base"] },
    // The form of messages for one client: serializer, dictionary, dialect, framing, handshake.
    Floor { name: "wire", holds: &["wire"], rests_on: &["codec"] },
    // The application's handles: sessions, groups, pushes, and the link to a client.
    Floor {
        name: "session",
        holds: &["session", "group", "push", "link", "caller"],
        rests_on: &["wire"],
    },
    // Definitions, instances, contexts, handles, calls, routes.
    Floor {
        name: "component",
        holds: &["component", "reply", "timer", "routes"],
        rests_on: &["session"],
    },
    // The messages of one session: order, hooks, deadlines.
    Floor { name: "dispatch", holds: &["dispatch"], rests_on: &["component"] },
    // Listeners, admission, and the time before there is a session.
    Floor { name: "door", holds: &["door"], rests_on: &["dispatch", "udp"] },
    // The pump of a connection, and the framing of transports.
    Floor { name: "net", holds: &["net"], rests_on: &["door"] },
    // Links to other nodes. It stands beside the connections of clients.
    Floor { name: "cluster", holds: &["cluster"], rests_on: &["door"] },
    // The client stands beside the server, on the codec, the wire, and the typed callers that they share.
    Floor { name: "client", holds: &["client"], rests_on: &["session", "udp"] },
    // The builder, start, shutdown, and the public face of the crate. Nothing depends on it.
    Floor {
        name: "app",
        holds: &["app", "admin", "axum", "testing", "guide", "include", "pages", "private", "lib"],
        rests_on: &["net", "cluster", "client"],
    },
];

pub(super) const NANO: Floors = Floors { floors: FLOORS, elsewhere: &[] };

fn nano() -> Graph {
    Graph::of(&|file| fs::read_to_string(root().join("nano/src").join(file)).ok())
}

#[test]
fn every_file_has_a_floor() {
    let graph = nano();
    let lost = NANO.files_without_a_floor(&graph);
    assert!(lost.is_empty(), "in nano/src:\n{}", lost.join("\n"));
}

#[test]
fn arrows_between_floors_go_down() {
    let rule = "a file of nano/src takes something from a floor that it does not rest on \
                (tests/it/house/floors.rs lists the floors)";
    check(rule, &NANO.upward(&nano()));
}

#[test]
fn files_form_no_circle() {
    let rule = "files of nano/src take from one another in a circle; what both need belongs into \
                a file of its own";
    check(rule, &circular(&nano()));
}

#[test]
fn files_of_the_command_form_no_circle() {
    let graph = Graph::of(&|file| {
        let file = if file == "lib.rs" { "main.rs" } else { file };
        fs::read_to_string(root().join("cargo-nano/src").join(file)).ok()
    });
    check("files of cargo-nano/src take from one another in a circle", &circular(&graph));
}

/// Fails when there is an arrow that breaks a rule, with the words for each.
fn check(rule: &str, found: &BTreeMap<Arrow, String>) {
    // The arrows of a circle share its text.
    let texts: BTreeSet<&str> = found.values().map(String::as_str).collect();
    let texts: Vec<&str> = texts.into_iter().collect();
    assert!(texts.is_empty(), "{rule}:\n{}", texts.join("\n"));
}

/// `cargo test -p nano-tests --test it house::floors::prints -- --ignored --nocapture`
#[test]
#[ignore = "prints the floors and their arrows, to be read"]
#[expect(clippy::print_stdout, reason = "it prints")]
fn prints_the_floors() {
    let graph = nano();
    let name = |file: &str| NANO.of(file).map_or("no floor", |floor| floor.name);
    let mut arrows: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (from, to) in graph.arrows.keys() {
        *arrows.entry((name(from), name(to))).or_default() += 1;
    }
    println!("{} files, {} arrows", graph.files.len(), graph.arrows.len());
    for floor in FLOORS {
        let files = graph.files.iter().filter(|file| name(file) == floor.name).count();
        println!("{}: {files} files", floor.name);
        for ((_, to), count) in arrows.iter().filter(|((from, _), _)| *from == floor.name) {
            println!("    {count:3} arrows to {to}");
        }
    }
}
