//! `cargo xtask cluster`: nodes whose registry is a real etcd.

use std::process::{Command, Stdio};

use crate::Outcome;
use crate::shell::{self, cargo_test};

/// Runs the tests that need etcd: the short ones, or with `--all` as long as their faults are to last. The name of a test
/// runs it alone.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (is_whole, wanted) = match arguments {
        [] => (false, None),
        [option] if option == "--all" => (true, None),
        [name] if !name.starts_with('-') => (false, Some(name)),
        [option, name] if option == "--all" => (true, Some(name)),
        _ => return Err("expected `[--all] [<test>]`".into()),
    };
    let found = Command::new("etcd").arg("--version").stdout(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        return Err("there is no etcd: install Debian's package etcd-server, or put an etcd of version 3.4 or newer \
                    into the PATH"
            .into());
    }
    let mut command = cargo_test("etcd");
    command.args(wanted).args(["--ignored", "--test-threads=4"]);
    if is_whole {
        command.env("NANO_CLUSTER_ALL", "1");
    }
    shell::run(&mut command)
}
