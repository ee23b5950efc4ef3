//! The trace that the page computes, too: `tests/e2e/tank-motion.test.js` does so.

use std::path::Path;

use super::shell::Shell;
use super::*;

/// Each line has what is given and, behind a colon, what follows from it: commands of one tank, and shots with the ends of
/// their shells.
const TRACE: &str = include_str!("trace.txt");

/// What follows from the beginning of a line.
fn outcome(given: &str, body: &mut Body, map: &Map) -> String {
    let mut words = given.split_whitespace();
    let kind = words.next().expect("a kind");
    let numbers: Vec<i32> = words.map(|word| word.parse().expect("a number")).collect();
    match (kind, &numbers[..]) {
        ("drive", &[heading, throttle, fire]) => {
            let command = Command { heading, throttle, fire: fire == 1, ..Command::default() };
            let fires = i32::from(body.follow(&command, map));
            let Body { at: Point { x, y }, heading, speed, reload, boost } = *body;
            format!("{x} {y} {heading} {speed} {reload} {boost} {fires}")
        }
        ("flight", &[x, y, aim]) => {
            let shot = Shot { tick: 1, shell: 1, owner: 1, seq: 1, at: Point { x, y }, aim };
            let (mut shell, mut steps) = (Shell::new(shot), 0);
            while shell.fly(map) {
                steps += 1;
            }
            format!("{steps} {} {}", shell.at.x, shell.at.y)
        }
        _ => panic!("no line of a trace: {given}"),
    }
}

/// After a change of the rules, `UPDATE_EXPECT=1 cargo test -p example-tank` writes the trace anew.
#[test]
fn the_trace_that_pages_are_compared_with_is_what_the_server_computes() {
    let map = Map::arena();
    let start = map.spawns.first().copied().expect("a place of tanks");
    let mut body = Body { at: start, boost: 200, ..Body::default() };
    let mut lines = Vec::new();
    for line in TRACE.lines() {
        let (given, _) = line.split_once(':').expect("a colon");
        lines.push(format!("{given}: {}", outcome(given, &mut body, &map)));
    }
    let computed = lines.join("\n") + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/game/trace.txt");
        std::fs::write(path, computed).expect("the trace is written");
    } else {
        assert!(computed == TRACE, "the trace is stale");
    }
}
