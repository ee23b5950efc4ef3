//! The answers to a request for a WebSocket.

use std::fmt::Write as _;
use std::net::SocketAddr;

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::http::header::{
    CONNECTION, CONTENT_LENGTH, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
};
use tokio_tungstenite::tungstenite::http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version,
};

use super::Upgrade;
use crate::log::{Log, limited};

/// The most bytes of a refused origin that the log shows.
const SHOWN: usize = 128;

/// The answer that turns a connection into a WebSocket.
pub(crate) type Accepted = Response<()>;

/// The last answer of a connection: a refusal, or that of a health check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// Returns the fields that the status asks for.
    pub(crate) fn fields(&self) -> &'static [(&'static str, &'static str)] {
        match self.status {
            StatusCode::UPGRADE_REQUIRED => {
                &[("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]
            }
            StatusCode::METHOD_NOT_ALLOWED => &[("Allow", "GET")],
            StatusCode::SERVICE_UNAVAILABLE => &[("Retry-After", "5")],
            _ => &[],
        }
    }

    /// Returns the bytes of the answer, after which the connection is closed.
    pub(in crate::door) fn to_text(&self, method: &Method) -> String {
        let Self { status, text } = self;
        let mut answer = format!("HTTP/1.1 {status}\r\n");
        for (name, value) in self.fields() {
            // A string takes whatever is written.
            let _ = write!(answer, "{name}: {value}\r\n");
        }
        let body = if *method == Method::HEAD { "" } else { &format!("{text}\n") };
        let _ = write!(
            answer,
            "Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
            text.len() + 1,
        );
        answer
    }
}

/// Returns `true` if a request wants to become something else.
pub(super) fn asks_for_upgrade(request: &Request<()>) -> bool {
    has_token(request.headers(), CONNECTION, "upgrade")
}

impl Upgrade {
    /// Returns the answer that accepts a request of `client`, or the one that refuses it.
    pub(crate) fn accept(
        &self,
        request: &Request<()>,
        client: Option<SocketAddr>,
        log: &Log,
    ) -> Result<Accepted, Answer> {
        let headers = request.headers();
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let text = format!("a WebSocket is opened with GET, not with {}", request.method());
            return Err(Answer::new(StatusCode::METHOD_NOT_ALLOWED, text));
        }
        let key = check(request).map_err(|detail| {
            let text = "this address speaks the nano protocol over WebSocket, to a game client";
            Answer::new(StatusCode::UPGRADE_REQUIRED, format!("{text}: {detail}"))
        })?;
        if let Some(origin) = self.origins.refused(headers) {
            let shown = origin.as_bytes().get(..SHOWN).unwrap_or(origin.as_bytes());
            limited!(log, OriginRefused, origin = %shown.escape_ascii(), peer = ?client);
            let text =
                "pages of this origin may not open the WebSocket: see `origins` of the server";
            return Err(Answer::new(StatusCode::FORBIDDEN, text));
        }
        let is_empty = |value: &HeaderValue| value.as_bytes() == b"0";
        if headers.contains_key(TRANSFER_ENCODING)
            || !headers.get_all(CONTENT_LENGTH).iter().all(is_empty)
        {
            // Its bytes would be taken for frames.
            let text = "a request for a WebSocket has no body";
            return Err(Answer::new(StatusCode::BAD_REQUEST, text));
        }
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let fields = response.headers_mut();
        fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
        let accept = derive_accept_key(key.as_bytes());
        let subprotocol = self
            .subprotocols
            .iter()
            .find(|name| tokens(headers, SEC_WEBSOCKET_PROTOCOL).any(|token| token == *name));
        let subprotocol = subprotocol.map(|name| (SEC_WEBSOCKET_PROTOCOL, name.as_str()));
        for (name, value) in
            [(SEC_WEBSOCKET_ACCEPT, accept.as_str())].into_iter().chain(subprotocol)
        {
            // Both are of letters and signs: the names have been checked.
            if let Ok(value) = HeaderValue::from_str(value) {
                fields.insert(name, value);
            }
        }
        Ok(response)
    }
}

/// Returns the key of a request that RFC 6455 allows, or what is wrong with it.
fn check(request: &Request<()>) -> Result<&HeaderValue, &'static str> {
    let headers = request.headers();
    if request.version() < Version::HTTP_11 {
        return Err("HTTP/1.0 knows no upgrade; nginx needs `proxy_http_version 1.1`");
    }
    if !has_token(headers, UPGRADE, "websocket") {
        return Err("the request has no `Upgrade: websocket`");
    }
    if !asks_for_upgrade(request) {
        return Err("the request has no `Connection: Upgrade`");
    }
    if *request.method() != Method::GET {
        return Err("a WebSocket is opened with GET");
    }
    let mut versions = headers.get_all(SEC_WEBSOCKET_VERSION).iter();
    if !matches!((versions.next(), versions.next()), (Some(version), None) if version == "13") {
        return Err("the request has no `Sec-WebSocket-Version: 13`");
    }
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    match (keys.next(), keys.next()) {
        (Some(key), None) if is_key(key) => Ok(key),
        (None, _) => Err("the request has no `Sec-WebSocket-Key`"),
        _ => Err("`Sec-WebSocket-Key` is not 16 bytes in base64, once"),
    }
}

fn is_key(key: &HeaderValue) -> bool {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.len() == 24 && key.as_bytes().ends_with(b"==") && key.as_bytes()[..22].iter().all(is_base64)
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    tokens(headers, name).any(|listed| listed.eq_ignore_ascii_case(token))
}

/// The elements of a list, which may be spread over several fields.
fn tokens(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split([',', ' ', '\t'])).filter(|token| !token.is_empty())
}
