//! One node of the cluster.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use nano::{App, Cluster, Error, Result, RoomType, Server};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::desk::Desk;
use crate::messages::{DeskPush, RoomPush};
use crate::opener::Opener;
use crate::options::{Options, Role};
use crate::room::Room;
use crate::site;

/// Runs a gate or a backend until it is asked to end.
pub(crate) async fn run(role: Role, options: Options) -> Result<()> {
    let kind = if role == Role::Gate { "gate" } else { "backend" };
    let name = options.name.clone().unwrap_or_else(|| format!("{kind}-{}", std::process::id()));
    let mut cluster = Cluster::bind(&options.cluster).name(&name);
    cluster = match &options.join {
        Some(master) => cluster.join(master),
        None => cluster.master(),
    };
    if options.trusted_network {
        cluster = cluster.trusted_network();
    }
    match role {
        Role::Gate => gate(&name, cluster, &options).await,
        Role::Backend => backend(&name, cluster, &options).await,
    }
}

/// A node with components, and no clients of its own.
async fn backend(name: &str, cluster: Cluster, options: &Options) -> Result<()> {
    let rooms = RoomType::<Room>::new().max(10_000).close_when_empty(Duration::from_secs(60));
    let app = App::new().component(Opener).rooms(rooms).push(RoomPush);
    let server = app.cluster(cluster).start().await?;
    tell(name, &server);
    until_end(&server, options).await
}

/// A node with clients, whose rooms are elsewhere.
async fn gate(name: &str, cluster: Cluster, options: &Options) -> Result<()> {
    let listener = TcpListener::bind(options.listen).await.map_err(|error| {
        Error::internal(format!("cannot listen on {}: {error}", options.listen))
    })?;
    let page = listener.local_addr()?;
    let app = App::new().component(Desk::new(name)).push(DeskPush).push(RoomPush);
    let server = app.cluster(cluster).start().await?;
    tell(name, &server);
    println!("{name}  page  http://{page}/");

    let site = site::router().route("/nano", server.axum_route());
    let stopping = server.clone();
    let http = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move { stopping.stopping().await });
    let (ran, served) = tokio::join!(biased; until_end(&server, options), http);
    served?;
    ran
}

fn tell(name: &str, server: &Server) {
    let address = server.cluster_address().map(|address| address.to_string());
    println!("{name}  process  {}", std::process::id());
    println!("{name}  cluster  {}", address.unwrap_or_default());
}

/// Runs the app until a signal, or the end of the process that has started this one.
async fn until_end(server: &Server, options: &Options) -> Result<()> {
    let orphaned = async {
        if !options.with_input {
            return pending().await;
        }
        // Nothing is written there: it ends with the process at its other side.
        let _ = tokio::io::stdin().read(&mut [0]).await;
    };
    tokio::select! {
        ran = server.run() => ran,
        () = orphaned => {
            server.shutdown().await;
            Ok(())
        }
    }
}
