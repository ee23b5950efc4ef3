//! Clients of gates, and their requests.

use nano::Json;
use nano::client::Client;

use crate::game::code;
use crate::node::Node;
use crate::wait::until;

/// Opens a client of a gate.
pub(crate) async fn connect(gate: &Node) -> Client<Json> {
    Client::connect(&format!("tcp://{}", gate.clients())).await.expect("a gate")
}

/// The node that serves a client, or the code of the error.
pub(crate) async fn echo(client: &Client<Json>) -> Result<String, String> {
    let echo = client.request::<_, (String, u64)>("desk.echo", &1).await;
    echo.map(|(node, _)| node).map_err(|error| code(&error))
}

/// Opens a client of a gate whose session is on the backend of this name.
pub(crate) async fn client_of(gate: &Node, backend: &str) -> Client<Json> {
    let mut found = None;
    until("a session comes to the backend", async || {
        let client = connect(gate).await;
        let is_there = echo(&client).await.as_deref() == Ok(backend);
        found = is_there.then_some(client);
        found.is_some()
    })
    .await;
    found.expect("it was found")
}

/// Asks something whose answer says nothing.
pub(crate) async fn ask<T: serde::Serialize + Sync>(
    client: &Client<Json>,
    route: &str,
    message: &T,
) -> Result<serde_json::Value, String> {
    let asked = client.request::<_, serde_json::Value>(route, message).await;
    asked.map_err(|error| code(&error))
}
