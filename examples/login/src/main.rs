//! Players with accounts: passwords and tokens in a database, one session per player, and a query that takes its time.
//!
//! `cargo run -p example-login`, then open the address it prints.

mod accounts;
mod database;
mod lounge;
mod passwords;
mod site;
#[cfg(test)]
mod tests;
mod token;

use std::net::SocketAddr;

use accounts::Accounts;
use clap::Parser;
use database::Database;
use lounge::{Lounge, LoungePush};
use nano::{App, DuplicateLogin, Error, Result};
use tokio::net::TcpListener;

/// Players with accounts, in SQLite or Postgres.
#[derive(Parser)]
struct Options {
    /// Where the page and its WebSocket are served
    #[arg(long, default_value = "127.0.0.1:3270")]
    listen: SocketAddr,
    /// sqlite://players.db?mode=rwc keeps the players in a file, postgres://user@host/database there
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite:file:players?mode=memory",
        hide_env_values = true
    )]
    database: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();

    let listener = TcpListener::bind(options.listen).await.map_err(|error| {
        Error::internal(format!("cannot listen on {}: {error}", options.listen))
    })?;
    let database = Database::open(&options.database).await?;
    let server = app(database).start().await?;
    println!("login page  http://{}/", listener.local_addr()?);

    let site = site::router().route("/nano", server.axum_route());
    let http = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>());
    tokio::select! {
        biased;
        ran = server.run() => ran,
        served = http => Ok(served?),
    }
}

/// The server, without a listener: the tests run it too.
fn app(database: Database) -> App {
    App::new()
        .component(Accounts::new(database.clone()))
        .component(Lounge::new(database))
        .push(LoungePush)
        // Whoever has not signed in reaches the handlers that say `guest`, and no other.
        .require_bind()
        // A player has one session: signing in elsewhere ends the older one.
        .duplicate_login(DuplicateLogin::Replace)
}
