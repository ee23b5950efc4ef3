//! A server in protobuf that has one of everything, for the tests of its generated clients.
//!
//! `cargo xtask e2e typed` runs them.

mod arena;
#[path = "../../serve.rs"]
mod serve;
#[cfg(test)]
mod tests;

use arena::{Arena, ArenaPush};
use nano::{App, Protobuf, Result};

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

#[tokio::main]
async fn main() -> Result<()> {
    serve::serve(app(), gate(), include_str!("../manifest.json")).await
}
