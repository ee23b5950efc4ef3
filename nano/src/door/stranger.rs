//! A peer that came to the wrong listener, known by its first bytes.

use super::proxy::header::SIGNATURE;

/// A peer that speaks another protocol than its listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// A proxy that sends the header of the PROXY protocol.
    Proxy,
    /// A browser, or a client of a WebSocket.
    Http,
    /// A client of TLS.
    Tls,
}

impl Stranger {
    /// Recognises the protocol; `None` when it is not known.
    pub(crate) fn of_first_bytes(bytes: &[u8]) -> Option<Self> {
        const METHODS: [&[u8]; 6] = [b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"CONN"];
        if bytes.starts_with(b"PROXY ") || bytes.starts_with(SIGNATURE) {
            Some(Self::Proxy)
        } else if METHODS.iter().any(|method| bytes.starts_with(method)) {
            Some(Self::Http)
        } else if matches!(bytes, [0x16, 0x03, ..]) {
            Some(Self::Tls)
        } else {
            None
        }
    }

    /// Returns advice for whoever set the peer or the listener up.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::Proxy => {
                "this looks like the PROXY protocol, for which there is `ProxyProtocol::over`"
            }
            Self::Http => "this looks like HTTP, for which there are WebSocket listeners",
            Self::Tls => "this looks like TLS, for which there is `Tls::over`",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_protocols_are_recognised() {
        for (bytes, stranger) in [
            (&b"PROXY TCP4 "[..], Some(Stranger::Proxy)),
            (b"\r\n\r\n\0\r\nQUIT\n\x21", Some(Stranger::Proxy)),
            (b"GET / HTTP/1.1\r\n", Some(Stranger::Http)),
            (b"\x16\x03\x01\x02\x00", Some(Stranger::Tls)),
            (b"\x01\x00\x00\x02{}", None),
            (b"\r\n\r\n", None),
            (b"", None),
        ] {
            assert_eq!(Stranger::of_first_bytes(bytes), stranger, "{}", bytes.escape_ascii());
        }
    }
}
