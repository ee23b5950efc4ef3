//! The page and its parts, which are compiled into the binary.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

pub(crate) fn router() -> Router {
    Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("../web/index.html")))
        .route("/pond.css", file("text/css; charset=utf-8", include_str!("../web/pond.css")))
        // Bundled from web/src by `cargo xtask bundle`, and committed: Rust is all that is needed here.
        .route(
            "/pond.js",
            file("text/javascript; charset=utf-8", include_str!("../web/dist/pond.js")),
        )
        .route(
            "/licenses.txt",
            file("text/plain; charset=utf-8", include_str!("../web/dist/licenses.txt")),
        )
}

fn file(kind: &'static str, content: &'static str) -> axum::routing::MethodRouter {
    get(move || async move {
        let headers = [
            (header::CONTENT_TYPE, kind),
            // Without this a browser may keep yesterday's script beside today's page.
            (header::CACHE_CONTROL, "no-cache"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (headers, content).into_response()
    })
}
