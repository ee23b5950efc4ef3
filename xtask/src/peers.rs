//! `cargo xtask peers`: `cargo nano` against servers of other frameworks, and their clients against ours.

use std::fs;
use std::path::{Path, PathBuf};

use crate::node::{self, install_packages};
use crate::shell::{cargo_test, headline, root, run as run_command};
use crate::{Outcome, go};

/// A server or a client of another framework.
struct Peer {
    name: &'static str,
    test: &'static str,
    source: Source,
}

/// The sources of a program, from the root of the repository.
enum Source {
    /// The folder of a Go module.
    Go(&'static str),
    /// A script, in the folder of its packages.
    Node(&'static str, &'static str),
}

const PEERS: &[Peer] = &[
    Peer { name: "go_nano", test: "peers::go_nano", source: Source::Go("tests/peers/go-nano") },
    Peer { name: "pitaya", test: "peers::pitaya", source: Source::Go("tests/peers/pitaya") },
    Peer { name: "pinus", test: "peers::pinus", source: Source::Node("benches/peers", "pinus.js") },
    Peer {
        name: "pomelo",
        test: "peers::pomelo",
        source: Source::Node("tests/peers/pomelo", "server.js"),
    },
    Peer {
        name: "go_nano_client",
        test: "runtime::cluster::dialects::stock::go_nano",
        source: Source::Go("tests/peers/go-nano-client"),
    },
    Peer {
        name: "pitaya_client",
        test: "runtime::cluster::dialects::stock::pitaya",
        source: Source::Go("tests/peers/pitaya-client"),
    },
];

/// Builds the programs and runs the tests that need them; an argument picks those whose names contain it. A program whose
/// tools are not installed is skipped, and named.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let wanted = match arguments {
        [] => "",
        [name] => name.as_str(),
        [_, extra, ..] => return Err(format!("unknown argument {extra}")),
    };
    let peers: Vec<_> = PEERS.iter().filter(|peer| peer.name.contains(wanted)).collect();
    if peers.is_empty() {
        return Err(format!("no peer has {wanted:?} in its name"));
    }
    let mut skipped = Vec::new();
    for peer in peers {
        headline(peer.name);
        match peer.source.program(peer.name)? {
            Ok(program) => test(peer.test, &program)?,
            Err(reason) => skipped.push(format!("SKIPPED {}: {reason}", peer.name)),
        }
    }
    skipped.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn test(name: &str, program: &Path) -> Outcome {
    let mut tests = cargo_test("it");
    run_command(tests.args([name, "--exact", "--ignored"]).env("NANO_PEER", program))
}

impl Source {
    /// Builds the program, and returns its path; the reason when a tool is not installed.
    fn program(&self, name: &str) -> Result<Result<PathBuf, String>, String> {
        match self {
            Self::Go(folder) => {
                let output = root().join("target/peers");
                fs::create_dir_all(&output)
                    .map_err(|error| format!("{}: {error}", output.display()))?;
                let program = output.join(name);
                Ok(go::build(folder, &program)?.map(|()| program))
            }
            Self::Node(folder, script) => {
                if node::check().is_err() {
                    return Ok(Err("Node.js with npm is not installed".to_owned()));
                }
                let folder = root().join(folder);
                install_packages(&folder)?;
                Ok(Ok(folder.join(script)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cargo runs no test where there is none of a name, and calls that a success.
    #[test]
    fn the_test_of_each_peer_exists() {
        for peer in PEERS {
            let (module, name) = peer.test.rsplit_once("::").unwrap();
            let file = format!("tests/it/{}.rs", module.replace("::", "/"));
            let files = [root().join(&file), root().join("cargo-nano").join(&file)];
            let mut sources = files.iter().filter_map(|file| fs::read_to_string(file).ok());
            assert!(sources.any(|text| text.contains(&format!("fn {name}()"))), "{}", peer.test);
        }
    }
}
