//! The header `traceparent`, in which a client or a proxy names the trace of a request.

use tokio_tungstenite::tungstenite::http::HeaderMap;

use crate::TraceParent;

/// Returns the trace of a request; `None` when the header is absent, not readable, or there more than once.
pub(crate) fn trace(headers: &HeaderMap) -> Option<TraceParent> {
    let mut values = headers.get_all("traceparent").iter();
    match (values.next(), values.next()) {
        (Some(value), None) => TraceParent::parse(value.as_bytes()),
        _ => None,
    }
}
