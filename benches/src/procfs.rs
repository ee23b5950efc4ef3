//! CPU time, memory and listening sockets of processes, from procfs.

use std::fs;
use std::net::SocketAddr;
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

/// The process of this machine that listens at an address, as far as this user may see it.
pub(crate) fn listener(address: SocketAddr) -> Option<u32> {
    if !address.ip().is_loopback() {
        return None;
    }
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).ok());
    let tables: String = tables.into_iter().flatten().collect();
    let inode = tables.lines().find_map(|line| listening(line, address.port()))?;
    let socket = format!("socket:[{inode}]");
    let is_open_in = |pid: &u32| {
        let files = fs::read_dir(format!("/proc/{pid}/fd")).ok();
        let mut targets =
            files.into_iter().flatten().flatten().map(|file| fs::read_link(file.path()));
        targets.any(|target| target.is_ok_and(|target| target.as_os_str() == &*socket))
    };
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.find(is_open_in)
}

/// The inode of a line of `/proc/net/tcp` if that is a socket that listens on a port.
fn listening(line: &str, port: u16) -> Option<&str> {
    const LISTEN: &str = "0A";
    let fields: Vec<_> = line.split_whitespace().collect();
    let (_, found) = fields.get(1)?.rsplit_once(':')?;
    let is_it = fields.get(3) == Some(&LISTEN) && u16::from_str_radix(found, 16) == Ok(port);
    fields.get(9).copied().filter(|_| is_it)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_process_behind_a_port_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        assert_eq!(super::listener(address), Some(std::process::id()));
        drop(listener);
        assert_eq!(super::listener(address), None);
    }
}
