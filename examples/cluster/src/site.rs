//! The page and its parts, which are compiled into the binary.

use axum::Router;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;

pub(crate) fn router() -> Router {
    let (html, css, script) = (
        headers("text/html; charset=utf-8"),
        headers("text/css; charset=utf-8"),
        headers("text/javascript; charset=utf-8"),
    );
    Router::new()
        .route("/", get((html, include_str!("../web/index.html"))))
        .route("/cluster.css", get((css, include_str!("../web/cluster.css"))))
        .route("/cluster.js", get((script, include_str!("../web/cluster.js"))))
        // The script imports `./nano.js`.
        .merge(nano::axum_client())
}

fn headers(kind: &'static str) -> [(HeaderName, &'static str); 2] {
    // Without the second a browser may keep yesterday's script beside today's page.
    [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")]
}
