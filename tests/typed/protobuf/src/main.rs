//! A server in protobuf that has one of everything, for the tests of its generated clients.
//!
//! `cargo xtask e2e typed` runs them.

mod arena;
#[path = "../../serve.rs"]
mod serve;
#[cfg(test)]
mod tests;

use arena::{Arena, ArenaClient, ArenaPush};
use nano::{App, Protobuf, Result, Server};

mod pb {
    nano::include_protos!();
}

fn app() -> App {
    gate().routes(nano::include_routes!()).component(Arena::default())
}

/// The app of a gate, whose component is on another node.
fn gate() -> App {
    App::new().serializer(Protobuf).push(ArenaPush)
}

async fn call(server: &Server) -> Result<()> {
    ArenaClient::new(&server.node().any()).bow().await
}

#[tokio::main]
async fn main() -> Result<()> {
    serve::serve(app(), gate(), call, include_str!("../manifest.json")).await
}
