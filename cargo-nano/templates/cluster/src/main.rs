//! A chat in rooms, in one process or on several nodes: gates take the pages, backends have the rooms.

mod desk;
mod opener;
mod options;
mod room;
mod site;
#[cfg(test)]
mod tests;

use std::time::Duration;

use clap::Parser;
use desk::Desk;
use nano::{App, Cluster, Result, RoomType};
use opener::Opener;
use options::{Options, Role};
use room::{Room, RoomPush};

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    tracing_subscriber::fmt::init();
    let Some(role) = options.role else {
        return site::serve(whole().start().await?, &options.listen).await;
    };
    let name = options.name();
    let app = match role {
        Role::Gate => gate(App::new()),
        Role::Backend => backend(App::new(), &name),
    };
    // A node has some of the routes.
    let app = app.routes(nano::include_routes!().partial());
    let mut node = Cluster::bind(&options.cluster).name(&name);
    if role == Role::Gate {
        node = node.gate();
    }
    let node = match &options.join {
        Some(master) => node.join(master),
        None => node.master(),
    };
    if options.join.is_none() {
        println!("{name} is the master: it waits five seconds for nodes of before");
    }
    let server = app.cluster(node).start().await?;
    if let Some(address) = server.cluster_address() {
        println!("nodes      {address}");
    }
    match role {
        Role::Gate => site::serve(server, &options.listen).await,
        Role::Backend => server.run().await,
    }
}

/// The whole game in one process: the tests run it, too.
fn whole() -> App {
    backend(gate(App::new()), "here").routes(nano::include_routes!())
}

/// The part of the nodes that take the pages.
fn gate(app: App) -> App {
    app.component(Desk)
}

/// The part of the nodes that have the rooms.
fn backend(app: App, name: &str) -> App {
    let rooms = RoomType::<Room>::new()
        .max(10_000)
        .close_when_empty(Duration::from_secs(60));
    app.component(Opener::new(name)).rooms(rooms).push(RoomPush)
}
