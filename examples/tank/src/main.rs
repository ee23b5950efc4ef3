//! Tanks in an arena: a game of action, which the server computes and the page predicts.
//!
//! `cargo run -p example-tank -- --bots 8`, then open the address it prints.

mod arena;
mod bots;
mod game;
mod lobby;
mod messages;
mod native;
mod site;

use std::fmt::Display;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use arena::{Arena, PLACES};
use clap::Parser;
use game::Map;
use lobby::Lobby;
use nano::{Admin, App, Error, Protobuf, Result, Resume, RoomType, Tls, WebTransport};
use tokio::net::TcpListener;

/// Where clients with a page connect.
const PATH: &str = "/nano";

/// Tanks in an arena.
#[derive(Parser)]
struct Options {
    /// Where the page and its WebSocket are served
    #[arg(long, default_value = "127.0.0.1:3290")]
    listen: SocketAddr,
    /// How many bots drive along
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=200))]
    bots: u16,
    /// Where clients without a page come in, such as kcp://127.0.0.1:3291; the bots use it, instead of the WebSocket
    #[arg(long)]
    native: Option<String>,
    /// Serves WebTransport, too, at the UDP port with the page's number; pages take it with ?transport=webtransport
    #[arg(long)]
    webtransport: bool,
    /// A file with another map: `#` is a wall, `~` is water, `s` and `c` are places of tanks and crates
    #[arg(long)]
    map: Option<PathBuf>,
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
    let map = options.map.as_deref().map_or_else(|| Ok(Map::arena()), read)?;
    let mut url = format!("ws://{}{PATH}", local(address));
    let mut app = watched(app(map), options.admin, &url);
    if let Some(url) = &options.native {
        app = native::listen(app, url)?;
    }
    let mut hash = String::new();
    if options.webtransport {
        // A page on this machine takes it by its hash. Others need a certificate of their own.
        let tls = Tls::self_signed(["localhost", "127.0.0.1"])?;
        hash = tls.certificate_hash().unwrap_or_default();
        app = app.listen(WebTransport::bind(address.to_string()).path(PATH).tls(&tls));
    }
    let server = app.start().await?;
    println!("tank page  http://{address}/");
    if let Some((native, &at)) = options.native.as_deref().zip(server.addresses().first()) {
        url = native::reached(native, at);
        println!("native  {url}");
    }
    if let Some(admin) = server.admin_address() {
        println!("admin page  http://{admin}/");
    }

    let site = site::router(hash).route(PATH, server.axum_route());
    let http = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>());
    let bots = async {
        tokio::select! {
            () = bots::drive(options.bots, url) => {}
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
fn app(map: Map) -> App {
    App::new()
        .routes(nano::include_routes!())
        .serializer(Protobuf)
        .component(Lobby::new(map))
        .rooms(
            RoomType::<Arena>::new()
                .max(1_000)
                .max_members(PLACES)
                .close_when_empty(Duration::from_secs(10)),
        )
        // Who lost the connection finds the tank where it was.
        .resume(Resume::new().window(Duration::from_secs(20)))
}

fn read(path: &Path) -> Result<Map> {
    let problem = |why: &dyn Display| Error::internal(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| problem(&error))?;
    let map = Map::new(text.lines().map(str::to_owned).collect());
    map.ok_or_else(|| {
        problem(&"a map is a rectangle of 3 to 100 tiles each way, with walls around it and an `s`")
    })
}

/// Adds the admin page, if it is wanted. Its playground plays at `url`.
fn watched(app: App, address: Option<SocketAddr>, url: &str) -> App {
    let Some(address) = address else { return app };
    let admin =
        Admin::bind(address.to_string()).manifest(include_str!("../manifest.json")).websocket(url);
    app.admin(match std::env::var("ADMIN_TOKEN") {
        Ok(token) => admin.token(token),
        Err(_) => admin,
    })
}

/// The address for a client on this machine: a listener may be bound to every address.
fn local(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}
