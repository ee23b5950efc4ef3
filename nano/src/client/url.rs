//! The URL of a server.

use tokio_tungstenite::tungstenite::http::Uri;

use crate::{Error, ErrorKind, Result};

/// The transport that a URL asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Tcp,
    WebSocket,
}

/// A parsed `tcp://host:port` or `ws://host:port/path`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) scheme: Scheme,
    pub(super) host: String,
    pub(super) port: u16,
}

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self> {
        let invalid = |reason: &str| {
            Error::new(ErrorKind::Config, format!("cannot connect to {url:?}: {reason}"))
        };
        let uri: Uri = url.parse().map_err(|_| invalid("it is not a url"))?;
        let (scheme, default_port) = match uri.scheme_str() {
            Some("tcp") => (Scheme::Tcp, None),
            Some("ws") => (Scheme::WebSocket, Some(80)),
            _ => return Err(invalid("expected tcp://host:port or ws://host:port/path")),
        };
        let host = uri.host().ok_or_else(|| invalid("it has no host"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().or(default_port).ok_or_else(|| invalid("it has no port"))?;
        Ok(Self { scheme, host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_scheme_a_host_and_a_port() {
        #[track_caller]
        fn check(url: &str, expected: Result<(Scheme, &str, u16), &str>) {
            let address = Address::parse(url).map_err(|error| error.to_string());
            let expected = expected
                .map(|(scheme, host, port)| Address { scheme, host: host.to_owned(), port })
                .map_err(|reason| format!("cannot connect to {url:?}: {reason}"));
            assert_eq!(address, expected);
        }
        check("tcp://127.0.0.1:3250", Ok((Scheme::Tcp, "127.0.0.1", 3250)));
        check("tcp://[::1]:3250", Ok((Scheme::Tcp, "::1", 3250)));
        check("ws://game.example/nano", Ok((Scheme::WebSocket, "game.example", 80)));
        check("ws://game.example:3251", Ok((Scheme::WebSocket, "game.example", 3251)));
        check("tcp://127.0.0.1", Err("it has no port"));
        let schemes = "expected tcp://host:port or ws://host:port/path";
        check("wss://game.example", Err(schemes));
        check("127.0.0.1:3250", Err(schemes));
        check("", Err("it is not a url"));
        check("tcp://a b", Err("it is not a url"));
    }
}
