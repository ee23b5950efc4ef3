//! The URL of a server.

use tokio_tungstenite::tungstenite::http::Uri;

use crate::{Error, ErrorKind, Result};

/// The transport that a URL asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Tcp,
    WebSocket,
    #[cfg(feature = "kcp")]
    Kcp,
}

/// A parsed `tcp://host:port` or `ws://host:port/path`, `tls` or `wss` for the same over TLS, or `kcp://host:port`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) scheme: Scheme,
    /// Over TLS.
    pub(super) is_secure: bool,
    pub(super) host: String,
    pub(super) port: u16,
}

const EXPECTED: &str = "expected tcp://host:port or ws://host:port/path, tls:// or wss:// for the same over TLS, or kcp://host:port";

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self> {
        let invalid = |reason: &str| {
            Error::new(ErrorKind::Config, format!("cannot connect to {url:?}: {reason}"))
        };
        let uri: Uri = url.parse().map_err(|_| invalid("it is not a url"))?;
        let (scheme, is_secure, default_port) = match uri.scheme_str() {
            Some("tcp") => (Scheme::Tcp, false, None),
            Some("ws") => (Scheme::WebSocket, false, Some(80)),
            Some("tls" | "wss") if !cfg!(feature = "tls") => {
                return Err(invalid("the feature `tls` of nano is not enabled"));
            }
            Some("tls") => (Scheme::Tcp, true, None),
            Some("wss") => (Scheme::WebSocket, true, Some(443)),
            #[cfg(feature = "kcp")]
            Some("kcp") => (Scheme::Kcp, false, None),
            #[cfg(not(feature = "kcp"))]
            Some("kcp") => return Err(invalid("the feature `kcp` of nano is not enabled")),
            _ => return Err(invalid(EXPECTED)),
        };
        let host = uri.host().ok_or_else(|| invalid("it has no host"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().or(default_port).ok_or_else(|| invalid("it has no port"))?;
        Ok(Self { scheme, is_secure, host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_scheme_a_host_and_a_port() {
        #[track_caller]
        fn check(url: &str, expected: Result<(Scheme, bool, &str, u16), &str>) {
            let address = Address::parse(url).map_err(|error| error.to_string());
            let address_of = |(scheme, is_secure, host, port): (Scheme, bool, &str, u16)| Address {
                scheme,
                is_secure,
                host: host.to_owned(),
                port,
            };
            let expected = expected
                .map(address_of)
                .map_err(|reason| format!("cannot connect to {url:?}: {reason}"));
            assert_eq!(address, expected);
        }
        check("tcp://127.0.0.1:3250", Ok((Scheme::Tcp, false, "127.0.0.1", 3250)));
        check("tcp://[::1]:3250", Ok((Scheme::Tcp, false, "::1", 3250)));
        check("ws://game.example/nano", Ok((Scheme::WebSocket, false, "game.example", 80)));
        check("ws://game.example:3251", Ok((Scheme::WebSocket, false, "game.example", 3251)));
        check("tcp://127.0.0.1", Err("it has no port"));
        if cfg!(feature = "tls") {
            check("wss://game.example/nano", Ok((Scheme::WebSocket, true, "game.example", 443)));
            check("tls://[::1]:3250", Ok((Scheme::Tcp, true, "::1", 3250)));
            check("tls://game.example", Err("it has no port"));
        } else {
            check("wss://game.example", Err("the feature `tls` of nano is not enabled"));
        }
        #[cfg(feature = "kcp")]
        check("kcp://[::1]:3250", Ok((Scheme::Kcp, false, "::1", 3250)));
        #[cfg(feature = "kcp")]
        check("kcp://game.example", Err("it has no port"));
        #[cfg(not(feature = "kcp"))]
        check("kcp://game.example:3250", Err("the feature `kcp` of nano is not enabled"));
        check("http://game.example", Err(EXPECTED));
        check("127.0.0.1:3250", Err(EXPECTED));
        check("", Err("it is not a url"));
        check("tcp://a b", Err("it is not a url"));
    }
}
