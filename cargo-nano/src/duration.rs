//! Times on the command line and in scripts.

use std::time::Duration;

/// Reads a time, such as `500ms` or `1m 30s`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}: expected a time such as 500ms, 2s or 1m30s"))
}
