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
    pub(crate) mod arena {
        pub(crate) mod v1 {
            nano::include_proto!("arena.v1");
        }
    }
    pub(crate) mod shared {
        pub(crate) mod v1 {
            nano::include_proto!("shared.v1");
        }
    }
}

fn app() -> App {
    App::new()
        .serializer(Protobuf)
        .routes(nano::include_routes!())
        .component(Arena::default())
        .push(ArenaPush)
}

#[tokio::main]
async fn main() -> Result<()> {
    serve::serve(app()).await
}
