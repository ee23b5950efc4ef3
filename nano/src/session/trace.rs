//! The trace that a session belongs to.

use super::Session;
use crate::TraceParent;

impl Session {
    /// Returns the trace that the client said its connection belongs to, in the header `traceparent` of the request for its
    /// WebSocket, or else in `sys.traceparent` of its handshake. It is the client's word, and proves nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Session};
    ///
    /// struct Shop;
    ///
    /// #[component]
    /// impl Shop {
    ///     #[handler]
    ///     fn buy(&self, session: &Session) {
    ///         if let Some(trace) = session.trace_parent() {
    ///             println!("traceparent: {trace}"); // a header of the request to another service
    ///         }
    ///     }
    /// }
    /// ```
    pub fn trace_parent(&self) -> Option<TraceParent> {
        self.state().trace.as_deref().copied()
    }

    /// Notes the trace; the first one stays. Returns `false` when there is one already.
    pub(crate) fn set_trace_parent(&self, trace: TraceParent) -> bool {
        let mut state = self.state();
        let is_first = state.trace.is_none();
        if is_first {
            state.trace = Some(Box::new(trace));
        }
        is_first
    }
}
