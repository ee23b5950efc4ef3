//! Tic-tac-toe at any number of tables, with a page.

mod lobby;
mod rules;
mod site;
mod table;
#[cfg(test)]
mod tests;

use std::time::Duration;

use lobby::Lobby;
use nano::{App, Result, RoomType};
use table::{Table, TablePush};

/// Takes the address to listen on as its argument.
#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt::init();
    let address = std::env::args().nth(1);
    let server = app().start().await?;
    site::serve(server, address.as_deref().unwrap_or("127.0.0.1:3250")).await
}

/// The game, without listeners: the tests run it, too.
fn app() -> App {
    let tables = RoomType::<Table>::new()
        .max(10_000)
        .max_members(2)
        .close_when_empty(Duration::from_secs(5));
    App::new()
        .routes(nano::include_routes!())
        .component(Lobby)
        .rooms(tables)
        .push(TablePush)
}
