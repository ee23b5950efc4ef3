//! The log of an app, for tests to read.

use std::fmt::{self, Write as _};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::subscriber::{NoSubscriber, Subscriber};
use tracing::{Dispatch, Event, Level, Metadata, span};

/// Two subscribers that never end, and hear nothing.
///
/// While there is one at most, a line of the log that is reached for the first time is let through, or turned off for the
/// whole process, as the thread that reached it wants. A test without a subscriber would turn it off for one that has.
static DEAF: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(NoSubscriber::default())));

/// Has each line asked for on each thread, whoever reaches it first. Whoever reads the log needs this before.
pub(crate) fn ask_each_thread() {
    LazyLock::force(&DEAF);
}

/// Collects the events of this thread, while it is the thread's subscriber.
#[derive(Clone)]
pub(crate) struct Logged {
    lines: Arc<Mutex<Vec<(String, String)>>>,
    most: Level,
}

impl Default for Logged {
    fn default() -> Self {
        ask_each_thread();
        Self { lines: Arc::default(), most: Level::TRACE }
    }
}

impl Logged {
    /// Collects the events above the level debug.
    pub(crate) fn above_debug() -> Self {
        Self { most: Level::INFO, ..Self::default() }
    }

    /// The lines of a level: `field=value` each, with the message first.
    pub(crate) fn of(&self, level: &str) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().filter(|(of, _)| of == level).map(|(_, line)| line.clone()).collect()
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        // A string takes whatever is written.
        let _ = write!(self.0, "{space}{field}={value:?}");
    }
}

impl Subscriber for Logged {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("nano") && *metadata.level() <= self.most
    }

    fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}

    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let entry = (event.metadata().level().to_string(), line.0);
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    fn enter(&self, _span: &span::Id) {}

    fn exit(&self, _span: &span::Id) {}
}
