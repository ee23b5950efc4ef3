//! The playground: a page that calls the app's routes over its WebSocket, with the JavaScript client.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::value::RawValue;

use super::access::Reader;
use super::site::Site;

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("playground/", $path)))
    };
}

const PAGE: &str = include_str!("playground/page.html");

/// The page's own files. Those of the client are beside them.
const FILES: &[(&str, &str)] = &[
    file!("call.js"),
    file!("check.js"),
    file!("codec.js"),
    file!("descriptors.js"),
    file!("dom.js"),
    file!("form.js"),
    file!("googles.js"),
    file!("history.js"),
    file!("log.js"),
    file!("main.js"),
    file!("messages.js"),
    file!("player.js"),
    file!("players.js"),
    file!("routes.js"),
    file!("server.js"),
    file!("style.css"),
    file!("types.js"),
    file!("values.js"),
    file!("wire.js"),
];

/// The page may run scripts of its own server only, and open WebSockets to any: that of the app has another port, or is behind
/// a proxy.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Leads to the page, whose files are beside it.
pub(super) async fn slash() -> impl IntoResponse {
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "playground/")])
}

pub(super) async fn page() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, PAGE)
}

pub(super) async fn file(Path(path): Path<String>) -> Response {
    let kind = match path.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "",
    };
    let mut files = FILES.iter().chain(nano_js::FILES);
    match files.find(|(name, _)| *name == path).filter(|_| !kind.is_empty()) {
        Some((_, text)) => {
            let headers = [
                (CONTENT_TYPE, kind),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                // Without this a browser may keep the files of yesterday's server.
                (CACHE_CONTROL, "no-cache"),
            ];
            (headers, *text).into_response()
        }
        None => (StatusCode::NOT_FOUND, "nothing here\n").into_response(),
    }
}

/// The page's knowledge of the app.
#[derive(Serialize)]
struct Known<'a> {
    serializer: &'static str,
    /// The addresses of the app's WebSocket.
    urls: &'a [String],
    dictionary: Codes<'a>,
    /// As the build script wrote it.
    manifest: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Codes<'a> {
    version: &'a str,
    codes: &'a BTreeMap<&'static str, u16>,
}

pub(super) async fn app(_: Reader, State(site): State<Arc<Site>>) -> Response {
    let wire = &site.core.runtime.wire;
    let (version, codes) = (wire.dictionary.version(), wire.dictionary.codes());
    let known = Known {
        serializer: wire.serializer.name(),
        urls: &site.urls,
        dictionary: Codes { version, codes },
        manifest: site.manifest.as_deref(),
    };
    Json(known).into_response()
}

#[cfg(test)]
mod tests;
