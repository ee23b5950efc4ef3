//! The access to the admin page: its token, and the requests that are allowed without one.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, HOST, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use super::site::Site;
use crate::log::limited;

/// The address of the peer of a request, where it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

/// Proof that a request may read.
#[derive(Debug)]
pub(super) struct Reader;

/// Proof that a request may act. It says from where.
#[derive(Debug)]
pub(super) struct Operator {
    pub(super) peer: Option<SocketAddr>,
}

/// The reason why a request is refused.
#[derive(Debug)]
pub(super) enum Denied {
    /// It has no token, or a wrong one.
    Token,
    /// The page has no token, and so nobody may act.
    NoToken,
    /// The page has no token, and the request was sent to another name than this machine's: a page of another site may
    /// have been made to point here.
    Host,
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        match self {
            Self::Token => {
                let text = "the admin page asks for its token: `Authorization: Bearer <token>`\n";
                (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], text).into_response()
            }
            Self::NoToken => {
                let text = "the admin page has no token, and only shows: see `Admin::token`\n";
                (StatusCode::FORBIDDEN, text).into_response()
            }
            Self::Host => {
                let text = "without a token, the admin page is at localhost or 127.0.0.1 only\n";
                (StatusCode::FORBIDDEN, text).into_response()
            }
        }
    }
}

impl Site {
    /// Checks the token of a request, if the page has one.
    fn check(&self, parts: &Parts) -> Result<(), Denied> {
        let Some(token) = &self.token else {
            return if is_local(&parts.headers) { Ok(()) } else { Err(Denied::Host) };
        };
        let given = parts.headers.get(AUTHORIZATION).ok_or(Denied::Token)?;
        let given = given.as_bytes().strip_prefix(b"Bearer ").unwrap_or_default();
        if bool::from(given.ct_eq(token.as_bytes())) {
            return Ok(());
        }
        let (path, peer) = (parts.uri.path().escape_debug(), peer(parts));
        limited!(self.core.runtime.log(), AdminRefused, %path, ?peer);
        Err(Denied::Token)
    }
}

fn peer(parts: &Parts) -> Option<SocketAddr> {
    parts.extensions.get::<Peer>().map(|peer| peer.0)
}

/// Returns `true` if a request was sent to this machine by a name that no other site can have.
fn is_local(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

impl FromRequestParts<Arc<Site>> for Reader {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Denied> {
        site.check(parts).map(|()| Self)
    }
}

impl FromRequestParts<Arc<Site>> for Operator {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Denied> {
        // A form of another site can be sent here as well, but not with this header.
        if site.token.is_none() {
            return Err(Denied::NoToken);
        }
        site.check(parts).map(|()| Self { peer: peer(parts) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        let check = |host: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(HOST, host.parse().expect("a value"))]);
            assert_eq!(is_local(&headers), expected, "{host}");
        };
        for host in
            ["localhost", "LocalHost:9250", "127.0.0.1:9250", "127.9.9.9", "[::1]:9250", "[::1]"]
        {
            check(host, true);
        }
        for host in
            ["", "evil.example", "evil.example:9250", "localhost.evil.example", "10.0.0.1:1"]
        {
            check(host, false);
        }
        assert!(!is_local(&HeaderMap::new()));
    }
}
