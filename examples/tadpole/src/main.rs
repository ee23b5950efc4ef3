//! The tadpole pond: a page on which every visitor is a tadpole, and sees and reads the others.
//!
//! `cargo run -p example-tadpole`, then open the address it prints, twice. `-- --bots 8` brings company.

mod allowance;
mod bots;
mod pond;
mod site;

use std::net::SocketAddr;

use nano::{Admin, App, Error, Protobuf, Result};
use pond::Pond;
use tokio::net::TcpListener;

const USAGE: &str = "usage: example-tadpole [--listen ADDRESS] [--bots NUMBER] [--admin ADDRESS]

  --listen  where the page and its WebSocket are served   (127.0.0.1:3260)
  --bots    how many bots swim along, 200 at most         (0)
  --admin   where the admin page is served                (nowhere)

ADMIN_TOKEN, a variable of the environment, has the token that the admin page asks for.";

const MOST_BOTS: u16 = 200;

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };

    let listener = TcpListener::bind(&options.listen).await.map_err(|error| {
        Error::internal(format!("cannot listen on {}: {error}", options.listen))
    })?;
    let address = listener.local_addr()?;
    let mut client = address;
    if client.ip().is_unspecified() {
        // The listener may be bound to every address, but a client needs one.
        client.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("ws://{client}/nano");
    let server = watched(app(), options.admin, &url).start().await?;
    println!("pond page  http://{address}/");
    if let Some(admin) = server.admin_address() {
        println!("admin page  http://{admin}/");
    }

    let site = site::router().route("/nano", server.axum_route());
    let http = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>());
    let bots = async {
        tokio::select! {
            () = bots::swim(options.bots, url) => {}
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
    App::new().routes(nano::include_routes!()).serializer(Protobuf).component(Pond::default())
}

/// Adds the admin page, if it is wanted. Its playground plays at `url`.
fn watched(app: App, address: Option<String>, url: &str) -> App {
    let Some(address) = address else { return app };
    let admin = Admin::bind(address).manifest(include_str!("../manifest.json")).websocket(url);
    app.admin(match std::env::var("ADMIN_TOKEN") {
        Ok(token) => admin.token(token),
        Err(_) => admin,
    })
}

struct Options {
    listen: String,
    bots: u16,
    admin: Option<String>,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self { listen: "127.0.0.1:3260".to_owned(), bots: 0, admin: None };
        while let Some(name) = args.next() {
            let value = args.next()?;
            match name.as_str() {
                "--listen" => options.listen = value,
                "--admin" => options.admin = Some(value),
                "--bots" => {
                    options.bots = value.parse().ok().filter(|&bots| bots <= MOST_BOTS)?;
                }
                _ => return None,
            }
        }
        Some(options)
    }
}
