//! Crazy Eights for two to four at tables: a lobby, quick games, private tables, spectators, bots, and seats that wait for
//! players who lost their connection.
//!
//! `cargo run -p example-tables -- --bots 6`, then open the address it prints.

mod bots;
mod cards;
mod lobby;
mod rules;
mod site;
mod table;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::Parser;
use lobby::{Lobby, LobbyPush};
use nano::{Admin, App, Error, Result, Resume, RoomType};
use rules::MOST_PLAYERS;
use table::{Table, TablePush};
use tokio::net::TcpListener;

/// Crazy Eights at tables for two to four.
#[derive(Parser)]
struct Options {
    /// Where the page and its WebSocket are served
    #[arg(long, default_value = "127.0.0.1:3280")]
    listen: SocketAddr,
    /// How many bots play along
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=200))]
    bots: u16,
    /// Where the admin page is served; ADMIN_TOKEN, a variable of the environment, has the token that it asks for
    #[arg(long)]
    admin: Option<SocketAddr>,
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
    let address = listener.local_addr()?;
    let mut client = address;
    if client.ip().is_unspecified() {
        // The listener may be bound to every address, but a client needs one.
        client.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("ws://{client}/nano");
    let server = watched(app(), options.admin, &url).start().await?;
    println!("tables page  http://{address}/");
    if let Some(admin) = server.admin_address() {
        println!("admin page  http://{admin}/");
    }

    let site = site::router().route("/nano", server.axum_route());
    let http = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>());
    let bots = async {
        tokio::select! {
            () = bots::play(options.bots, url) => {}
            () = server.stopping() => {}
        }
    };
    tokio::select! {
        biased;
        (ran, ()) = async { tokio::join!(biased; server.run(), bots) } => ran,
        served = http => Ok(served?),
    }
}

/// The server, without a listener: the tests run it too.
fn app() -> App {
    App::new()
        .component(Lobby::default())
        .push(LobbyPush)
        .rooms(
            RoomType::<Table>::new()
                .max(1_000)
                .max_members(MOST_PLAYERS)
                .max_spectators(50)
                .close_when_empty(Duration::from_secs(10)),
        )
        .push(TablePush)
        // Whoever has no name yet reaches `lobby.hello` and nothing else.
        .require_bind()
        // A player who lost the connection keeps the seat for a minute.
        .resume(Resume::new())
}

/// Adds the admin page, if it is wanted. Its playground plays at `url`.
fn watched(app: App, address: Option<SocketAddr>, url: &str) -> App {
    let Some(address) = address else { return app };
    let admin = Admin::bind(address.to_string()).websocket(url);
    app.admin(match std::env::var("ADMIN_TOKEN") {
        Ok(token) => admin.token(token),
        Err(_) => admin,
    })
}
