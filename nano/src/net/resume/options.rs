//! The settings of sessions that outlive their connections.

use std::time::Duration;

/// The settings of [`App::resume`](crate::App::resume): for how long a session waits for its client, and how much of
/// what it was sent is kept.
///
/// # Examples
///
/// ```
/// use nano::{App, Resume};
/// use std::time::Duration;
///
/// let app = App::new().resume(Resume::new().window(Duration::from_secs(120)).bytes(256 * 1024));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the settings do nothing until they are given to `App::resume`"]
pub struct Resume {
    pub(crate) window: Duration,
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

impl Default for Resume {
    fn default() -> Self {
        Self { window: Duration::from_secs(60), messages: 256, bytes: 64 * 1024 }
    }
}

impl Resume {
    /// Creates the default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the time for which a lost session waits for its client, in whole seconds: 60 s by default. Then it ends.
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Sets the number of messages that are kept for a client that misses them: 256 by default.
    ///
    /// They are the last ones that were sent to it. As many may be pushed to a session that is lost: with one more it
    /// ends, because its client could not be told all of them.
    pub fn messages(mut self, messages: usize) -> Self {
        self.messages = messages;
        self
    }

    /// Sets the number of bytes that these messages may have together: 64 KiB by default.
    ///
    /// A connection needs memory for them only while its client has not confirmed what it received, which it does with
    /// each heartbeat.
    pub fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Reports values that cannot work.
    pub(crate) fn check(&self, problems: &mut Vec<String>) {
        const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
        let Self { window, messages, bytes } = *self;
        if window.subsec_nanos() > 0 || window.is_zero() || window > LONGEST {
            problems.push(format!(
                "the window of resume is {window:?}; whole seconds can be set, from 1 to a day"
            ));
        }
        for (name, limit) in [("messages", messages), ("bytes", bytes)] {
            if limit == 0 {
                problems.push(format!(
                    "resume keeps 0 {name}: nobody could come back; leave out `App::resume` instead"
                ));
            }
        }
    }
}
