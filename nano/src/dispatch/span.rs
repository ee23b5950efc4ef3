//! The span of one session.

use tracing::field::{Empty, display};
use tracing::level_filters::LevelFilter;
use tracing::span::EnteredSpan;
use tracing::{Level, Span};

use crate::TraceParent;
use crate::session::{Session, Uid};

/// The target of the spans of sessions.
const TARGET: &str = "nano::session";

/// The span of one session; nothing where nobody asks for it.
pub(super) struct SessionSpan(Option<Box<Span>>);

impl SessionSpan {
    pub(super) fn new(session: &Session) -> Self {
        // Most servers log no spans: the fields are not even put together.
        if LevelFilter::current() < LevelFilter::DEBUG {
            return Self(None);
        }
        let (id, peer) = (session.id(), session.remote_addr().map(display));
        let span = tracing::span!(
            target: TARGET,
            Level::DEBUG,
            "session",
            session = %id,
            peer,
            uid = Empty,
            trace_id = Empty,
            parent_id = Empty,
        );
        Self((!span.is_disabled()).then(|| Box::new(span)))
    }

    /// Enters the span, until the result is dropped.
    #[inline]
    pub(super) fn enter(&self) -> Option<EnteredSpan> {
        self.0.as_ref().map(|span| Span::clone(span).entered())
    }

    /// Returns the span for a task of its own.
    pub(super) fn span(&self) -> Span {
        self.0.as_deref().cloned().unwrap_or_else(Span::none)
    }

    pub(super) fn bound(&self, uid: Option<&Uid>) {
        if let (Some(span), Some(uid)) = (&self.0, uid) {
            span.record("uid", display(uid));
        }
    }

    pub(super) fn traced(&self, trace: TraceParent) {
        if let Some(span) = &self.0 {
            span.record("trace_id", trace.trace_id());
            span.record("parent_id", trace.parent_id());
        }
    }
}
