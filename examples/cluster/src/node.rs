//! One node of the cluster.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use nano::{Admin, App, Cluster, Error, Etcd, NodeTls, Result, RoomType, Server};
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
    match role {
        Role::Gate => gate(&name, &options).await,
        Role::Backend => backend(&name, &options).await,
    }
}

/// The part that all nodes have.
fn app(role: Role, name: &str, options: &Options) -> App {
    let mut cluster = Cluster::bind(&options.cluster).name(name);
    if role == Role::Gate {
        cluster = cluster.gate();
    }
    cluster = match (&options.join, options.etcd.as_slice()) {
        (Some(master), _) => cluster.join(master),
        (None, []) => cluster.master(),
        (None, members) => cluster.registry(Etcd::new(members.to_vec())),
    };
    if let Some(address) = &options.advertise {
        cluster = cluster.advertise(address);
    }
    if let Some(folder) = &options.certs {
        let file = |name| folder.join(name);
        cluster = cluster.tls(NodeTls::files(file("ca.pem"), file("node.pem"), file("node.key")));
    }
    if options.trusted_network {
        cluster = cluster.trusted_network();
    }
    let app = App::new().cluster(cluster).drain_time(Duration::from_secs(options.drain));
    let Some(address) = options.admin else { return app };
    let admin = Admin::bind(address);
    app.admin(match std::env::var("ADMIN_TOKEN") {
        Ok(token) => admin.token(token),
        Err(_) => admin,
    })
}

/// A node with components, and no clients of its own.
async fn backend(name: &str, options: &Options) -> Result<()> {
    let rooms = RoomType::<Room>::new().max(10_000).close_when_empty(Duration::from_secs(60));
    let app = app(Role::Backend, name, options).component(Opener).rooms(rooms).push(RoomPush);
    let server = app.start().await?;
    tell(name, &server);
    until_end(&server, options).await
}

/// A node with clients, whose rooms are elsewhere.
async fn gate(name: &str, options: &Options) -> Result<()> {
    let listener = TcpListener::bind(options.listen).await.map_err(|error| {
        let advice = "if another program has it, --listen takes another address";
        Error::internal(format!("cannot listen on {}: {error}; {advice}", options.listen))
    })?;
    let page = listener.local_addr()?;
    let app =
        app(Role::Gate, name, options).component(Desk::new(name)).push(DeskPush).push(RoomPush);
    let server = app.start().await?;
    tell(name, &server);
    println!("{name}  page  http://{page}/");

    let site = site::router().route("/nano", server.axum_route());
    let http = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>());
    tokio::select! {
        biased;
        ran = until_end(&server, options) => ran,
        served = http => Ok(served?),
    }
}

fn tell(name: &str, server: &Server) {
    let address = server.cluster_address().map(|address| address.to_string());
    println!("{name}  process  {}", std::process::id());
    println!("{name}  cluster  {}", address.unwrap_or_default());
    if let Some(admin) = server.admin_address() {
        println!("{name}  admin  http://{admin}/");
    }
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
