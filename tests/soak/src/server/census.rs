//! The count of all that the server holds.

use std::fs;
use std::panic;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use nano::{Group, Server};
use peak_alloc::PeakAlloc;

use super::table::Table;
use crate::protocol::{Census, ON_PURPOSE};

/// Counts the bytes that are allocated.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// The texts of panics that are kept.
const PANICS: usize = 5;

/// Sessions whose `session_opened` hook has run, and whose `session_closed` hook has not.
pub(super) static HOOKS: AtomicI64 = AtomicI64::new(0);
/// Values that live as long as the timer that owns them.
pub(super) static TIMERS: AtomicI64 = AtomicI64::new(0);

/// Values in the stores of sessions.
pub(super) static KNOWN: AtomicI64 = AtomicI64::new(0);

static ON_PURPOSE_COUNT: AtomicU64 = AtomicU64::new(0);
static OTHERS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Counts all panics of the process from now on.
pub(super) fn watch_panics() {
    panic::set_hook(Box::new(|info| {
        let text = info.payload().downcast_ref::<String>().map(String::as_str);
        if text.or_else(|| info.payload().downcast_ref().copied()) == Some(ON_PURPOSE) {
            ON_PURPOSE_COUNT.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let mut others = OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
        if others.len() < PANICS {
            others.push(info.to_string());
        }
    }));
}

/// Counts what the process holds, whatever its app does.
pub(super) fn of_process() -> Result<Census> {
    Ok(Census {
        hooks: HOOKS.load(Ordering::Relaxed),
        timers: TIMERS.load(Ordering::Relaxed),
        known: KNOWN.load(Ordering::Relaxed),
        tasks: tokio::runtime::Handle::current().metrics().num_alive_tasks() as u64,
        files: fs::read_dir("/proc/self/fd")?.count() as u64,
        heap: HEAP.current_usage() as u64,
        memory: memory()?,
        panics_on_purpose: ON_PURPOSE_COUNT.load(Ordering::Relaxed),
        panics: OTHERS.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        ..Census::default()
    })
}

/// Counts what the process and its app hold.
pub(super) fn of_app(server: &Server, channels: &[Group]) -> Result<Census> {
    let tables = server.rooms::<Table>().context("the tables are registered")?.all();
    Ok(Census {
        sessions: server.sessions() as u64,
        rooms: tables.len() as u64,
        seats: tables.iter().map(|table| table.members as u64).sum(),
        spectators: tables.iter().map(|table| table.spectators as u64).sum(),
        members: channels.iter().map(|channel| channel.len() as u64).sum(),
        ..of_process()?
    })
}

/// The resident memory of this process in bytes, without the pages of files.
fn memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("the status has no `RssAnon`")?.parse::<u64>()? * 1024)
}
