//! A server in JSON that has one of everything, for the tests of its generated clients.
//!
//! `cargo xtask e2e typed` runs them.

mod echo;
mod hall;
#[cfg(not(feature = "old"))]
mod names;
#[path = "../../serve.rs"]
mod serve;
mod shop;
#[cfg(test)]
mod tests;
mod types;

use echo::{Echo, EchoPush};
use hall::{Hall, HallPush};
use nano::{App, Json, Result};
use shop::{Shop, ShopPush};

fn app() -> App {
    let app = gate()
        .routes(nano::include_routes!())
        .component(Hall::default())
        .component(Echo)
        .component(Shop::default());
    #[cfg(not(feature = "old"))]
    let app =
        app.component(names::Connector).component(names::EntryHandler).component(names::Words);
    app
}

/// The app of a gate, whose components are on another node.
fn gate() -> App {
    let app = App::new().serializer(Json).push(HallPush).push(EchoPush).push(ShopPush);
    #[cfg(not(feature = "old"))]
    let app = app.push(names::EntryPush);
    app
}

#[cfg(not(feature = "old"))]
const MANIFEST: &str = include_str!("../manifest.json");
#[cfg(feature = "old")]
const MANIFEST: &str = include_str!("../manifest.old.json");

#[tokio::main]
async fn main() -> Result<()> {
    serve::serve(app(), gate(), MANIFEST).await
}
