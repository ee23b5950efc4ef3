//! The tadpole pond: a page on which every visitor is a tadpole, and sees and reads the others.
//!
//! `cargo run -p example-tadpole`, then open the address it prints, twice. `-- --bots 8` brings company.

mod allowance;
mod bots;
mod pond;
mod site;

use std::net::SocketAddr;

use nano::{App, Error, Protobuf, Result};
use pond::Pond;
use tokio::net::TcpListener;

const USAGE: &str = "usage: example-tadpole [--listen ADDRESS] [--bots NUMBER]

  --listen  where the page and its WebSocket are served   (127.0.0.1:3260)
  --bots    how many bots swim along, 200 at most         (0)";

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
    let mut address = listener.local_addr()?;
    let server = app().start().await?;
    println!("pond page  http://{address}/");

    if address.ip().is_unspecified() {
        // The listener may be bound to every address, but a client needs one.
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let site = site::router().route("/nano", server.axum_route());
    let stopping = server.clone();
    let http = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move { stopping.stopping().await });
    let bots = async {
        tokio::select! {
            () = bots::swim(options.bots, format!("ws://{address}/nano")) => {}
            () = server.stopping() => {}
        }
    };
    let (served, (), ran) = tokio::join!(http, bots, server.run());
    served?;
    ran
}

/// The server, without a listener: the tests run it too.
fn app() -> App {
    App::new().routes(nano::include_routes!()).serializer(Protobuf).component(Pond::default())
}

struct Options {
    listen: String,
    bots: u16,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self { listen: "127.0.0.1:3260".to_owned(), bots: 0 };
        while let Some(name) = args.next() {
            let value = args.next()?;
            match name.as_str() {
                "--listen" => options.listen = value,
                "--bots" => {
                    options.bots = value.parse().ok().filter(|&bots| bots <= MOST_BOTS)?;
                }
                _ => return None,
            }
        }
        Some(options)
    }
}
