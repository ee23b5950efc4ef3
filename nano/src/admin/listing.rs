//! The list of routes, with the policy of each.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::access::Reader;
use super::site::Site;
use crate::component::{RouteInfo, RouteKind, RoutePolicy};

/// A route that has a handler.
#[derive(Serialize)]
struct RouteRow {
    route: &'static str,
    kind: &'static str,
    concurrent: bool,
    /// No client reaches it.
    internal: bool,
    docs: &'static str,
    policy: PolicyRow,
}

/// The policy of a route; what is `null` is as the app's settings say.
#[derive(Serialize)]
struct PolicyRow {
    /// In seconds.
    timeout: Option<f64>,
    rate: Option<String>,
    max_body: Option<usize>,
    guest: bool,
    /// The path of the guard.
    before: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Routes {
    /// Sessions without a user reach the routes for guests only.
    require_bind: bool,
    /// The time of a handler in seconds, where its policy has none.
    timeout: f64,
    /// The longest body in bytes, likewise.
    max_body: usize,
    routes: Vec<RouteRow>,
}

impl From<&RouteInfo> for RouteRow {
    fn from(info: &RouteInfo) -> Self {
        Self {
            route: info.name(),
            kind: match info.kind() {
                RouteKind::Request => "request",
                RouteKind::Notify => "notify",
            },
            concurrent: info.is_concurrent(),
            internal: info.is_internal(),
            docs: info.docs(),
            policy: info.policy().into(),
        }
    }
}

impl From<&RoutePolicy> for PolicyRow {
    fn from(policy: &RoutePolicy) -> Self {
        Self {
            timeout: policy.timeout().map(|timeout| timeout.as_secs_f64()),
            rate: policy.rate().map(|rate| rate.to_string()),
            max_body: policy.max_body(),
            guest: policy.is_guest(),
            before: policy.before().map(|guard| guard.name()),
        }
    }
}

pub(super) async fn routes(_: Reader, State(site): State<Arc<Site>>) -> Json<Routes> {
    let config = &site.core.config;
    Json(Routes {
        require_bind: config.policy.require_bind,
        timeout: config.handler_timeout.as_secs_f64(),
        max_body: config.packet_limit,
        routes: site.core.runtime.routes.infos().map(RouteRow::from).collect(),
    })
}
