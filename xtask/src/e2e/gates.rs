//! The tests that are run once more through gates, with the components of their servers on another node.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::node::node;
use crate::programs::Programs;
use crate::shell::{headline, run as run_command};

/// The names of the files, without what follows the first dot.
pub(super) const FILES: &[&str] =
    &["chat", "client-node", "json", "pomelo-browser", "pomelo-node", "protobuf", "resume"];

/// Those of the files that hold for several nodes.
pub(super) fn files(files: &[PathBuf]) -> Vec<PathBuf> {
    let name = |file: &PathBuf| Some(file.file_name()?.to_str()?.split('.').next()?.to_owned());
    let is_one = |file: &&PathBuf| name(file).is_some_and(|name| FILES.contains(&name.as_str()));
    files.iter().filter(is_one).cloned().collect()
}

/// Makes a command that runs tests start their servers on two nodes.
pub(super) fn through(tests: &mut Command) -> &mut Command {
    tests.env("E2E_NODES", "2")
}

/// Runs those of the files that `clients` has run before, with its environment.
pub(super) fn run(clients: &Command, tested: &[PathBuf], pictures: &Path) -> Outcome {
    let files = files(tested);
    if files.is_empty() {
        return Ok(());
    }
    headline("Real clients through gates");
    let chat = Programs::build(&[])?.path("nano-tests-chat")?;
    let variables = clients.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let mut tests = node(&["--test", "--test-reporter=spec"]);
    tests.args(files).envs(variables).env("CHAT_BIN", chat).env("E2E_OUTPUT", pictures);
    run_command(through(&mut tests))
}
