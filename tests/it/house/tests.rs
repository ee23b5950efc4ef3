//! Small crates that break the rules, one for each way to do it.

mod circles;
mod paths;
mod places;

use super::graph::Graph;
use super::rules::{Floor, Floors, circular};

const FLOORS: Floors = Floors {
    floors: &[
        Floor { name: "ground", holds: &["low"], rests_on: &[] },
        Floor { name: "annex", holds: &["annex"], rests_on: &["ground"] },
        Floor { name: "roof", holds: &["high"], rests_on: &["ground"] },
        Floor { name: "root", holds: &["lib"], rests_on: &["roof", "annex"] },
    ],
    elsewhere: &[("high/cellar", "ground")],
};

/// Reads a crate of (file, source).
fn graph(files: &[(&str, &str)]) -> Graph {
    let text = |name: &str| files.iter().find(|(file, _)| *file == name);
    Graph::of(&|name| text(name).map(|(_, text)| (*text).to_owned()))
}

/// Returns the violations of the floors' rule in a crate.
fn upward(files: &[(&str, &str)]) -> Vec<String> {
    let graph = graph(files);
    let lost = FLOORS.files_without_a_floor(&graph);
    lost.into_iter().chain(FLOORS.upward(&graph).into_values()).collect()
}

/// Returns the violations of the circles' rule in a crate, each circle once.
fn circles(files: &[(&str, &str)]) -> Vec<String> {
    let mut found: Vec<_> = circular(&graph(files)).into_values().collect();
    found.sort();
    found.dedup();
    found
}
