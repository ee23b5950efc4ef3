//! The machine: its description, pinning to cores, and the limit of open files.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::Pid;

/// Describes the machine and the build, for the head of a report.
pub(crate) fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut text = format!("{cores} cores, {}", cpu.unwrap_or("an unknown CPU"));
    let _ = write!(text, "; Linux {}; {}", kernel.trim(), env!("NANO_BENCH_RUSTC"));
    if cfg!(debug_assertions) {
        text.push_str("; DEBUG BUILD: build with --release to measure");
    }
    text
}

/// Keeps the calling thread, and what it starts from now on, on one core.
pub(crate) fn pin(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    let pinned = set.set(core).and_then(|()| sched_setaffinity(Pid::from_raw(0), &set));
    pinned.with_context(|| {
        format!("cannot run on core {core}: choose other cores, or pass --no-pinning")
    })
}

/// Lets this process, and those that it starts, open files for so many connections.
pub(crate) fn allow_connections(connections: usize) -> Result<()> {
    // Programs, pipes and pollers have files, too.
    let needed = connections as u64 + 64;
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    ensure!(
        needed <= hard,
        "{connections} connections need {needed} open files, and the limit is {hard} (`ulimit -Hn`)"
    );
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    Ok(())
}
