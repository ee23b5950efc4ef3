//! The page and its parts, which are compiled into the binary.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

/// A file of the JavaScript client, by its path in `clients/js`.
macro_rules! client {
    ($path:literal) => {
        (concat!("/", $path), include_str!(concat!("../../../clients/js/", $path)))
    };
}

const CLIENT: &[(&str, &str)] = &[
    client!("nano.js"),
    client!("nano/codec.js"),
    client!("nano/connection.js"),
    client!("nano/error.js"),
    client!("nano/inflate.js"),
    client!("nano/json.js"),
    client!("nano/kick.js"),
    client!("nano/pipeline.js"),
    client!("nano/session.js"),
    client!("nano/socket.js"),
    client!("nano/text.js"),
];

pub(crate) fn router() -> Router {
    let page = Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("../web/index.html")))
        .route("/chat.css", file("text/css; charset=utf-8", include_str!("../web/chat.css")))
        .route("/chat.js", script(include_str!("../web/chat.js")));
    CLIENT.iter().fold(page, |router, (path, content)| router.route(path, script(content)))
}

fn script(content: &'static str) -> axum::routing::MethodRouter {
    file("text/javascript; charset=utf-8", content)
}

fn file(kind: &'static str, content: &'static str) -> axum::routing::MethodRouter {
    get(move || async move {
        // Without this a browser may keep yesterday's script beside today's page.
        ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content)
            .into_response()
    })
}
