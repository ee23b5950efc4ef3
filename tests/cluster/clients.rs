//! Clients of gates, and their requests.

use nano::Json;
use nano::client::{Client, CloseReason};

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

/// Logs in as the user 7 and opens the zone `forest`, by a client of a gate whose session is on the backend of this name.
pub(crate) async fn client_with_claims(gate: &Node, backend: &str) -> Client<Json> {
    let user = client_of(gate, backend).await;
    ask(&user, "desk.login", &7).await.expect("it is bound");
    ask(&user, "desk.open", &"forest").await.expect("a zone");
    user
}

/// Checks that both claims are as they were: nobody else can open the zone, and the user is the client's until another logs in.
pub(crate) async fn assert_claims_are_kept(user: &Client<Json>, gate: &Node) {
    let other = connect(gate).await;
    assert_eq!(ask(&other, "desk.open", &"forest").await, Err("room_name_taken".to_owned()));
    assert!(!user.is_closed(), "nobody has logged in");
    ask(&other, "desk.login", &7).await.expect("it takes the place of the other");
    assert_eq!(user.closed().await, CloseReason::Kicked { reason: "replaced".to_owned() });
}
