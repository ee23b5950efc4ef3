//! The log of an app, for tests to read.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::subscriber::Subscriber;
use tracing::{Event, Metadata, span};

/// Collects the events of this thread, while it is the thread's subscriber.
#[derive(Clone, Default)]
pub(crate) struct Logged(Arc<Mutex<Vec<(String, String)>>>);

impl Logged {
    /// The lines of a level: `field=value` each, with the message first.
    pub(crate) fn of(&self, level: &str) -> Vec<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
        metadata.target().starts_with("nano")
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    fn enter(&self, _span: &span::Id) {}

    fn exit(&self, _span: &span::Id) {}
}
