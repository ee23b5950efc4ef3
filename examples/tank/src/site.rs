//! The page and its parts, which are compiled into the binary.

use axum::Router;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::routing::get;

/// The routes of the page. `hash` is that of the certificate for WebTransport, if pages need it.
pub(crate) fn router(hash: String) -> Router {
    let (html, css) = (headers("text/html; charset=utf-8"), headers("text/css; charset=utf-8"));
    let script = headers("text/javascript; charset=utf-8");
    let text = headers("text/plain; charset=utf-8");
    Router::new()
        .route("/", get((html, include_str!("../web/index.html"))))
        .route("/tank.css", get((css, include_str!("../web/tank.css"))))
        // Bundled from web/src by `cargo xtask bundle`, and committed: Rust is all that is needed here.
        .route("/tank.js", get((script, include_str!("../web/dist/tank.js"))))
        .route("/hash", get((text.clone(), hash)))
        .route("/licenses.txt", get((text, include_str!("../web/dist/licenses.txt"))))
}

fn headers(kind: &'static str) -> [(HeaderName, &'static str); 3] {
    // Without the second a browser may keep yesterday's script beside today's page.
    [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")]
}
