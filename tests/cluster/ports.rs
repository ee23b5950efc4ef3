//! Ports that can be bound again after a while.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// The first port, and the number of them: the system gives others to those that ask for any, and to connections.
const FIRST: u32 = 10_000;
const COUNT: u32 = 20_000;

/// A port of this machine that nobody has. Nobody comes upon it while its owner is away.
pub(crate) fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    // Other programs of tests may run.
    let start = std::process::id().wrapping_mul(977);
    loop {
        let next = start.wrapping_add(TAKEN.fetch_add(1, Ordering::SeqCst));
        let port = u16::try_from(FIRST + next % COUNT).expect("a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
