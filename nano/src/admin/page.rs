//! The live page and the dashboard for Grafana.

use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::IntoResponse;

use super::access::Reader;

const PAGE: &str = include_str!("page.html");
const GRAFANA: &str = include_str!("grafana.json");

/// The page may load nothing, run nothing but its own script, and speak to nobody but its server. A test computes the hashes.
const POLICY: &str = "default-src 'none'; script-src 'sha256-zposSr73euwgWnKpzWVy0X5LQti3hf6hX9bv9eFPel0='; \
    style-src 'sha256-FPqk7cg8EJog3qRYlq/Xcy6k7rMYh1juyqpaI4xg9OI='; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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

pub(super) async fn grafana(_: Reader) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], GRAFANA)
}

#[cfg(test)]
mod tests;
