//! `cargo xtask bench --quick`: the instructions of a message, which are compared with committed limits, and its times,
//! which are only printed: on a busy machine they say little.

use serde_json::{Map, Value};

use super::callgrind::Subject;
use crate::Outcome;
use crate::programs::Programs;
use crate::shell::{self, find_program, headline, root};

/// The highest number of instructions for each message, by server and number of requests in flight: a few percent above
/// the measured ones. They differ a little between compilers and C libraries.
const LIMITS: &str = "xtask/src/bench/instructions.json";

/// The body of messages to the servers that take bytes.
const BYTES: &[u8] = &[b'x'; 64];
/// A message of the typed server, which is written again with the same bytes.
const TYPED: &[u8] = br#"{"entity":1207,"x":-310,"y":455,"text":"xxxxxxxxxxxxxxxxxxxxxx"}"#;

/// The comparisons of times, each a command line of nano-bench.
const TIMES: &[&str] = &[
    "echo --in-flight 32",
    "echo --in-flight 1",
    "echo --in-flight 32 --transport ws",
    "broadcast --members 1000 --burst 10",
];
/// Their rounds.
const ROUNDS: &str = "--rounds 3 --seconds 1 --warm-up 0.3";

/// Counts the instructions of messages, and fails if there are more than the limits allow.
pub(super) fn run() -> Outcome {
    let valgrind = find_program(&["valgrind"])
        .ok_or("it counts with valgrind, which is not installed: `apt-get install valgrind`")?;
    let program = Programs::optimized(&[], None)?.path("nano-bench")?;

    headline("Instructions of a message");
    let limits = limits()?;
    let mut beyond = Vec::new();
    for (name, limit) in &limits {
        let measured = subject(name)?.instructions(&valgrind, &program)?;
        let limit = limit.as_f64().ok_or_else(|| format!("{LIMITS}: `{name}` is no number"))?;
        let verdict = if measured <= limit { "" } else { ": too many" };
        println!("{name:<16}{measured:8.0} of at most {limit:6.0}{verdict}");
        if measured > limit {
            beyond.push(name.as_str());
        }
    }

    headline("Times, compared with bare servers");
    for line in TIMES {
        let arguments = line.split(' ').chain(ROUNDS.split(' '));
        shell::run(shell::command(&program, &[]).args(arguments))?;
    }
    if beyond.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{} take more instructions than {LIMITS} allows: shorten the way of a message, or, if what was added is worth \
         it, raise the limit and say why",
        beyond.join(", ")
    ))
}

fn limits() -> Result<Map<String, Value>, String> {
    let path = root().join(LIMITS);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{LIMITS}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{LIMITS}: {error}"))
}

/// Reads a server and its load: `nano-json 32`.
fn subject(name: &str) -> Result<Subject<'_>, String> {
    let parsed = name.split_once(' ').and_then(|(peer, count)| Some((peer, count.parse().ok()?)));
    let (peer, in_flight) = parsed
        .filter(|(_, count)| *count > 0)
        .ok_or_else(|| format!("{LIMITS}: `{name}` is no server and number of requests"))?;
    let body = if peer == "nano-json" { TYPED } else { BYTES };
    Ok(Subject { peer, in_flight, body })
}
