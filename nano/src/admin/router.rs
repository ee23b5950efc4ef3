//! The paths of the admin page.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::site::Site;
use super::{health, listing, nodes, page, playground, rooms, sessions};

/// The longest body of a request, in bytes.
const BODY_LIMIT: usize = 4096;

pub(super) fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(page::page))
        .route("/grafana.json", get(page::grafana))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/playground", get(playground::slash))
        .route("/playground/", get(playground::page))
        .route("/playground/app", get(playground::app))
        .route("/playground/{*file}", get(playground::file))
        .route("/routes", get(listing::routes))
        .route("/nodes", get(nodes::list))
        .route("/rooms", get(rooms::list))
        .route("/rooms/{id}/close", post(rooms::close))
        .route("/sessions", get(sessions::list))
        .route("/sessions/{id}/kick", post(sessions::kick))
        .fallback(|| async { (StatusCode::NOT_FOUND, "nothing here\n") })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Arc::new(site))
}
