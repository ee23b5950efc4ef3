//! A chat on several nodes: pages at two gates meet in rooms, which are on two backends.
//!
//! `cargo run -p example-cluster`, then open the two addresses it prints.

mod all;
#[cfg(test)]
mod deploy;
mod desk;
mod messages;
mod node;
mod opener;
mod options;
mod room;
mod site;

use clap::Parser;
use nano::Result;
use options::Options;

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    // Nobody could tell which of several nodes in one terminal has written a line.
    let level = if options.with_input { "error" } else { "info" };
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| level.into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match options.role {
        Some(role) => node::run(role, options).await,
        None => all::run(options).await,
    }
}
