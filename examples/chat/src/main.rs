//! A chat room: the page and its WebSocket on one port, native clients over TCP on another.
//!
//! `cargo run -p example-chat`, then open the address it prints, twice.

mod room;
mod site;

use std::net::SocketAddr;

use nano::{App, Error, Result, Tcp};
use room::{Room, RoomPush};
use tokio::net::TcpListener;

const USAGE: &str = "usage: example-chat [--listen ADDRESS] [--tcp ADDRESS]

  --listen  where the page and its WebSocket are served   (127.0.0.1:3250)
  --tcp     where native clients connect                  (127.0.0.1:3251)";

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
    let server = App::new()
        .component(Room::default())
        .push(RoomPush)
        .listen(Tcp::bind(&options.tcp))
        .start()
        .await?;
    let (page, tcp) = (listener.local_addr()?, server.addresses()[0]);

    let site = site::router().route("/nano", server.axum_route());
    let http = async {
        // A program that reads the addresses may send a signal at once: `run`, which is polled first, handles it.
        println!("chat page  http://{page}/");
        println!("tcp        {tcp}");
        axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>()).await
    };
    tokio::select! {
        biased;
        ran = server.run() => ran,
        served = http => Ok(served?),
    }
}

struct Options {
    listen: String,
    tcp: String,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Option<Self> {
        let mut options =
            Self { listen: "127.0.0.1:3250".to_owned(), tcp: "127.0.0.1:3251".to_owned() };
        while let Some(name) = args.next() {
            let value = args.next();
            match name.as_str() {
                "--listen" => options.listen = value?,
                "--tcp" => options.tcp = value?,
                _ => return None,
            }
        }
        Some(options)
    }
}
