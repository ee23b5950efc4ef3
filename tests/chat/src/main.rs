//! The chat example on two nodes: its page and its clients are at a gate, and its room is on a backend.
//!
//! It has the options of the example and prints what the example prints, so that `cargo xtask e2e` can run the same tests
//! with it.

#[path = "../../nodes.rs"]
mod nodes;
#[path = "../../../examples/chat/src/room.rs"]
mod room;
#[path = "../../../examples/chat/src/site.rs"]
mod site;

use std::net::SocketAddr;

use nano::{App, Error, Result, Tcp};
use room::{Room, RoomPush};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [listen, page, tcp, native] = &arguments[..] else { return Err(usage()) };
    if (listen.as_str(), tcp.as_str()) != ("--listen", "--tcp") {
        return Err(usage());
    }
    let routes = nano::include_routes!();
    let backend = App::new().routes(routes).component(Room::default()).push(RoomPush);
    let gate = App::new().routes(routes.partial()).push(RoomPush);
    let (gate, backend) = nodes::split(backend, gate).await?;

    let listener = TcpListener::bind(page).await?;
    let gate = gate.listen(Tcp::bind(native)).start().await?;
    let (page, tcp) = (listener.local_addr()?, gate.addresses()[0]);
    let site = site::router().route("/nano", gate.axum_route());
    let http = async {
        // The reader of the addresses may send a signal at once: `run`, which is polled first, handles it.
        println!("chat page  http://{page}/");
        println!("tcp        {tcp}");
        axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>()).await
    };
    tokio::select! {
        biased;
        ran = gate.run() => ran?,
        served = http => served?,
    }
    backend.shutdown().await;
    Ok(())
}

fn usage() -> Error {
    Error::internal("usage: nano-tests-chat --listen ADDRESS --tcp ADDRESS")
}
