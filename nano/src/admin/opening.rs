//! The checks of an admin page, and its recorder and address, before its app is built.

use std::sync::Arc;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::value::RawValue;
use tokio::net::TcpListener;

use super::options::{Admin, Render};
use crate::metrics::AnyRecorder;

/// The upper ends of the histograms' buckets, in seconds.
const BUCKETS: &[f64] = &[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0, 30.0,
];

/// An admin page whose address is open.
pub(crate) struct Opening {
    /// `None` for a page that the application serves.
    pub(super) listener: Option<TcpListener>,
    pub(super) token: Option<String>,
    pub(super) render: Render,
    pub(super) manifest: Option<Box<RawValue>>,
    /// The address of the WebSocket that the application gave.
    pub(super) websocket: Option<String>,
    /// The page's own recorder, whose histograms have to be tidied up.
    pub(super) own: Option<PrometheusHandle>,
}

impl Opening {
    /// Checks a page, opens its address, and adds its recorder to those of the app.
    pub(crate) async fn of(
        admin: Option<Admin>,
        mut recorders: Vec<AnyRecorder>,
        problems: &mut Vec<String>,
    ) -> (Option<Self>, Vec<AnyRecorder>) {
        let Some(admin) = admin else { return (None, recorders) };
        let manifest = admin.check(problems);
        let listener = match bind(&admin).await {
            Ok(listener) => listener,
            Err(problem) => {
                problems.push(problem);
                return (None, recorders);
            }
        };
        let Admin { token, render, websocket, .. } = admin;
        let (render, own) = match render {
            Some(render) => (render, None),
            None => match PrometheusBuilder::new().set_buckets(BUCKETS) {
                Ok(builder) => {
                    let recorder = builder.build_recorder();
                    let handle = recorder.handle();
                    recorders.push(Box::new(recorder));
                    let own = handle.clone();
                    (Arc::new(move || handle.render()) as Render, Some(own))
                }
                Err(error) => {
                    problems.push(format!("the admin page has no metrics: {error}"));
                    return (None, recorders);
                }
            },
        };
        (Some(Self { listener, token, render, manifest, websocket, own }), recorders)
    }
}

/// Opens the address of a page, unless others would reach it without a token.
async fn bind(admin: &Admin) -> Result<Option<TcpListener>, String> {
    let has_token = admin.token.is_some();
    let Some(address) = &admin.address else {
        return match has_token {
            true => Ok(None),
            false => Err("a mounted admin page needs a token: see `Admin::token`".into()),
        };
    };
    let problem = |error| format!("the admin page cannot listen on `{address}`: {error}");
    let listener = TcpListener::bind(address).await.map_err(problem)?;
    let is_local = listener.local_addr().map_err(problem)?.ip().is_loopback();
    if !is_local && !has_token {
        return Err(format!(
            "the admin page listens on `{address}`, which other machines reach: it needs a token, see `Admin::token`"
        ));
    }
    Ok(Some(listener))
}
