//! The list of routes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::access::Reader;
use super::site::Site;
use crate::component::RouteKind;

/// A route that has a handler.
#[derive(Serialize)]
pub(super) struct RouteRow {
    route: &'static str,
    kind: &'static str,
    concurrent: bool,
    docs: &'static str,
}

#[derive(Serialize)]
pub(super) struct Routes {
    routes: Vec<RouteRow>,
}

pub(super) async fn routes(_: Reader, State(site): State<Arc<Site>>) -> Json<Routes> {
    let row = |info: &crate::component::RouteInfo| RouteRow {
        route: info.name(),
        kind: match info.kind() {
            RouteKind::Request => "request",
            RouteKind::Notify => "notify",
        },
        concurrent: info.is_concurrent(),
        docs: info.docs(),
    };
    Json(Routes { routes: site.core.runtime.routes.infos().map(row).collect() })
}
