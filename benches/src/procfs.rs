//! CPU time and memory of processes, from procfs.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The CPU time that a process has used in all its threads that still run.
pub(crate) fn cpu_of(pid: u32) -> Result<Duration> {
    let folder = format!("/proc/{pid}/task");
    let threads = fs::read_dir(&folder).with_context(|| format!("cannot read {folder}"))?;
    let mut total = Duration::ZERO;
    for thread in threads {
        total += on_cpu(&format!("{}/schedstat", thread?.path().display()))?;
    }
    Ok(total)
}

/// The CPU time that the calling thread has used.
pub(crate) fn cpu_of_thread() -> Result<Duration> {
    on_cpu("/proc/thread-self/schedstat")
}

/// The first number of a `schedstat` file: nanoseconds on a CPU.
fn on_cpu(path: &str) -> Result<Duration> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let first = text.split_whitespace().next().unwrap_or_default();
    let nanos = first.parse().with_context(|| format!("{path} holds `{text}`"))?;
    Ok(Duration::from_nanos(nanos))
}

/// The resident memory of a process in bytes, without the pages of files, such as its program.
pub(crate) fn memory_of(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let kilobytes = |name: &str| -> Result<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        let number = number.with_context(|| format!("{path} has no `{name}`"))?;
        Ok(number.parse()?)
    };
    Ok((kilobytes("VmRSS:")? - kilobytes("RssFile:")?) * 1024)
}
