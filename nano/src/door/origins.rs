//! The pages that may open a connection, by their origin.

use tokio_tungstenite::tungstenite::http::header::ORIGIN;
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue};

/// The origins of the pages that may open a WebSocket, or a session of WebTransport; all of them by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origins(Option<Vec<String>>);

impl Origins {
    pub(super) fn only(origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Some(origins.into_iter().map(Into::into).collect()))
    }

    /// Returns the problem of a value that no browser sends.
    pub(super) fn check(&self) -> Result<(), String> {
        let Some(origins) = &self.0 else { return Ok(()) };
        if origins.is_empty() {
            return Err(
                "origins names none: no page could connect; leave it out to accept all".into()
            );
        }
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(origin) => Err(format!(
                "the origin `{}` is not as browsers send it: a scheme and a host, such as `https://game.example`, with a \
                 port that is not the scheme's own, and without a path; or `null`",
                origin.escape_debug()
            )),
            None => Ok(()),
        }
    }

    /// Returns the origin for which a request is to be refused; `None` when it comes from no page, or from one of these.
    pub(super) fn refused<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        headers.get_all(ORIGIN).iter().find(|value| !self.has(value.as_bytes()))
    }

    /// Returns `true` if pages of this origin may connect.
    pub(super) fn has(&self, origin: &[u8]) -> bool {
        let is_same = |own: &String| own.as_bytes().eq_ignore_ascii_case(origin);
        self.0.as_ref().is_none_or(|origins| origins.iter().any(is_same))
    }
}

/// Returns `true` if a browser may send this text in the header `Origin`.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else { return text == "null" };
    let own_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    !scheme.is_empty()
        && scheme.bytes().all(is_scheme)
        && !host.is_empty()
        && host.bytes().all(is_host)
        && (own_port.is_empty() || !host.ends_with(own_port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        let check = |origin: &str, is_right| {
            assert_eq!(Origins::only([origin]).check().is_ok(), is_right, "{origin}");
        };
        for right in ["https://game.example", "http://localhost:5173", "http://[::1]:80801", "null"]
        {
            check(right, true);
        }
        check("app://obsidian.md", true);
        for wrong in ["", "game.example", "https://", "https://game.example/", "https://a b", "*"] {
            check(wrong, false);
        }
        for own_port in ["https://game.example:443", "http://game.example:80"] {
            check(own_port, false);
        }
        assert!(Origins::only([""; 0]).check().is_err());
        assert!(Origins::default().check().is_ok());
    }

    #[test]
    fn requests_of_other_pages_are_refused_and_those_of_no_page_are_not() {
        let check = |origins: &Origins, values: &[&str], passes| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(ORIGIN, value.parse().expect("a value"));
            }
            assert_eq!(origins.refused(&headers).is_none(), passes, "{origins:?}, {values:?}");
        };
        let some = Origins::only(["https://game.example", "http://localhost:5173"]);
        check(&some, &[], true);
        check(&some, &["https://game.example"], true);
        check(&some, &["HTTPS://Game.Example"], true);
        check(&some, &["http://localhost:5173"], true);
        for other in
            ["http://game.example", "https://game.example.evil.example", "null", "", "\u{e4}"]
        {
            check(&some, &[other], false);
            check(&some, &["https://game.example", other], false);
            check(&Origins::default(), &[other], true);
        }
        check(&Origins::only(["null"]), &["null"], true);
    }
}
