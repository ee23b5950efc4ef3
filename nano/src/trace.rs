//! The trace that a connection belongs to: W3C Trace Context.

use std::fmt;

/// The length of a `traceparent`: version, trace id, parent id and flags, with dashes between them.
const LEN: usize = 55;

/// The trace that a client says its connection belongs to: a `traceparent` of
/// [W3C Trace Context](https://www.w3.org/TR/trace-context/).
///
/// [`Session::trace_parent`](crate::Session::trace_parent) gives it to handlers, which pass it on to the services that they
/// call.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceParent([u8; LEN]);

impl TraceParent {
    /// Reads a `traceparent`; `None` when it is none. It is a peer's: nothing but digits, letters from a to f and dashes
    /// gets through.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text: [u8; LEN] = text.try_into().ok()?;
        let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let fields = text.split(|byte| *byte == b'-');
        let is_valid = fields.clone().map(<[u8]>::len).eq([2, 32, 16, 2])
            && fields.clone().flatten().all(is_hex)
            // Ids of zeros are invalid, and so is this version.
            && fields.clone().skip(1).take(2).all(|id| id.iter().any(|byte| *byte != b'0'))
            && !text.starts_with(b"ff");
        is_valid.then_some(Self(text))
    }

    /// Returns the text, as it is passed on in a header `traceparent`.
    pub fn as_str(&self) -> &str {
        self.part(0, LEN)
    }

    /// Returns the id of the trace: 32 digits.
    pub fn trace_id(&self) -> &str {
        self.part(3, 35)
    }

    /// Returns the id of the span of the caller: 16 digits.
    pub fn parent_id(&self) -> &str {
        self.part(36, 52)
    }

    fn part(&self, from: usize, to: usize) -> &str {
        // All of it is ASCII.
        std::str::from_utf8(&self.0[from..to]).unwrap_or_default()
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceParent({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_standard_allows_is_a_trace_parent() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parsed = TraceParent::parse(good.as_bytes()).expect("a trace parent");
        assert_eq!(parsed.as_str(), good);
        assert_eq!(parsed.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(parsed.parent_id(), "00f067aa0ba902b7");
        assert!(TraceParent::parse(good.replace("00-4b", "01-4b").as_bytes()).is_some());
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47360-0f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47\u{e9}-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceParent::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
