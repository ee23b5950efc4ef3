//! `cargo xtask cluster`: nodes in processes, in networks of their own, and in a real etcd.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::shell::{self, cargo_test};

/// A part of the tests, and what it needs.
struct Part {
    module: &'static str,
    /// Returns what is missing.
    missing: fn() -> Option<&'static str>,
}

const PARTS: &[Part] = &[
    Part { module: "etcd::", missing: no_etcd },
    Part { module: "processes::", missing: no_processes },
    Part { module: "namespaces::", missing: no_namespaces },
    Part { module: "clocks::", missing: no_clocks },
];

/// Runs the tests of clusters, with short faults: it takes about a minute. `--all` lets the faults last as long as they
/// are to be withstood, and repeats those that are to be withstood often. The name of a test runs it alone.
///
/// The tests that cannot run here are left out, which is said; with `--strict` that is a failure.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (mut is_whole, mut is_strict, mut wanted) = (false, false, None);
    for argument in arguments {
        match argument.as_str() {
            "--all" => is_whole = true,
            "--strict" => is_strict = true,
            name if !name.starts_with('-') && wanted.is_none() => wanted = Some(name),
            _ => return Err("expected `[--all] [--strict] [<test>]`".into()),
        }
    }
    // They wait for most of the time.
    let mut command = cargo_test("cluster");
    command.args(wanted).args(["--ignored", "--test-threads=6"]);
    for part in PARTS {
        let Some(missing) = (part.missing)() else { continue };
        let said = format!("the tests {}* are SKIPPED: {missing}", part.module);
        if is_strict {
            return Err(said);
        }
        println!("{said}");
        command.args(["--skip", part.module]);
    }
    if is_whole {
        command.env("NANO_CLUSTER_ALL", "1");
    }
    if let Some(library) = faketime() {
        command.env("NANO_FAKETIME", library);
    }
    shell::run(&mut command)
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn no_etcd() -> Option<&'static str> {
    let is_there = succeeds("etcd", &["--version"]);
    (!is_there).then_some(
        "there is no etcd: install Debian's package etcd-server, or put an etcd of version 3.4 or newer into the PATH",
    )
}

fn no_processes() -> Option<&'static str> {
    (!cfg!(unix)).then_some("processes cannot be stopped on this system")
}

fn no_namespaces() -> Option<&'static str> {
    let name = format!("nano-probe-{}", std::process::id());
    if !succeeds("ip", &["netns", "add", &name]) {
        return Some("network namespaces are needed: by root, on Linux, with the package iproute2");
    }
    // Whatever comes of it, the tests make others.
    succeeds("ip", &["netns", "delete", &name]);
    (!Path::new("/dev/net/tun").exists()).then_some("TUN devices are needed: /dev/net/tun")
}

fn no_clocks() -> Option<&'static str> {
    faketime().is_none().then_some(
        "the wall clock of a process is set by libfaketime: install Debian's package libfaketime",
    )
}

/// Returns the path of libfaketime for programs with threads.
fn faketime() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok);
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    libraries.find(|library| library.exists())
}
