//! The list of the nodes of the app's cluster.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::access::Reader;
use super::site::Site;

/// One node.
#[derive(Debug, Serialize)]
struct Row {
    number: u32,
    name: String,
    address: String,
    draining: bool,
    gate: bool,
    components: Vec<String>,
    /// It is the node that answers.
    own: bool,
    /// It is a node of Go nano.
    go: bool,
    /// The bytes that wait for it; `null` for the node that answers, and for one that cannot be reached.
    queued_bytes: Option<usize>,
}

/// The nodes in the order of their numbers; none without a cluster.
#[derive(Debug, Default, Serialize)]
pub(super) struct Listed {
    nodes: Vec<Row>,
}

#[cfg(feature = "cluster")]
fn listed(site: &Site) -> Listed {
    let Some(own) = &site.core.node else { return Listed::default() };
    let number = own.number();
    let nodes = own.listed().into_iter().map(|listed| {
        let node = listed.node;
        Row {
            number: node.number(),
            name: node.name().to_owned(),
            address: node.address().to_owned(),
            draining: node.state() == crate::NodeState::Draining,
            gate: node.is_gate(),
            components: node.components().map(str::to_owned).collect(),
            own: node.number() == number,
            go: node.is_of_go_nano(),
            queued_bytes: listed.queued,
        }
    });
    Listed { nodes: nodes.collect() }
}

#[cfg(not(feature = "cluster"))]
fn listed(_: &Site) -> Listed {
    Listed::default()
}

pub(super) async fn list(_: Reader, State(site): State<Arc<Site>>) -> Json<Listed> {
    Json(listed(&site))
}
