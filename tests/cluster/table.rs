//! The bounds of the table of faults, and the times that were measured.

use std::fmt::Display;
use std::io::{Write, stdout};
use std::time::Duration;

/// Returns `true` if faults are to last as long as the table says: `cargo xtask cluster --all`.
pub(crate) fn is_whole() -> bool {
    std::env::var_os("NANO_CLUSTER_ALL").is_some()
}

/// Prints what was seen of a fault, whether the test passes or not.
pub(crate) fn report(fault: &str, seen: impl Display) {
    let line = format!("{fault}: {seen}\n");
    // Not by a macro: its output would be kept from those whose tests pass.
    let _ = stdout().lock().write_all(line.as_bytes());
}

/// Prints a time beside its bound. The test fails at so many times the bound: other work may share the machine.
pub(crate) fn within(fault: &str, what: &str, took: Duration, bound: Duration, factor: u32) {
    report(fault, format_args!("{what} after {took:.2?}, at most {bound:?} on an idle machine"));
    assert!(took <= bound * factor, "{what}: {took:?} is more than {factor} x {bound:?}");
}
