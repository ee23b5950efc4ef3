//! The service of an admin page: its own small HTTP server, or the application's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::access::Peer;
use super::opening::Opening;
use super::router::router;
use super::site::Site;
use crate::app::Core;

/// The most connections at a time.
const CONNECTIONS: usize = 64;

/// The time for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// The time of a connection, however busy it is: a peer that reads nothing must not keep its place. Browsers and Prometheus
/// connect again.
const CONNECTION_TIME: Duration = Duration::from_secs(300);

/// The pause after a failure to accept.
const PAUSE: Duration = Duration::from_millis(200);

/// The time between two collections of what the histograms were told.
const UPKEEP: Duration = Duration::from_secs(5);

/// An admin page that is served.
#[derive(Debug)]
pub(crate) enum Served {
    /// By the application, with these routes.
    Mounted(Router),
    /// At an address of its own.
    At(Option<SocketAddr>),
}

impl Opening {
    /// Serves the page until the app has stopped. `urls` are those of the app's own WebSockets.
    pub(crate) fn serve(self, core: &Arc<Core>, urls: Vec<String>) -> Served {
        let Self { listener, token, render, manifest, websocket, own } = self;
        let stopped = core.stopped.clone();
        if let Some(own) = own {
            tokio::spawn(stopped.clone().run_until_cancelled_owned(async move {
                loop {
                    tokio::time::sleep(UPKEEP).await;
                    own.run_upkeep();
                }
            }));
        }
        let urls = websocket.map_or(urls, |url| vec![url]);
        let router = router(Site { core: core.clone(), token, render, manifest, urls });
        let Some(listener) = listener else { return Served::Mounted(router) };
        let address = listener.local_addr().ok();
        let address_shown = address.map(tracing::field::display);
        tracing::info!(address = address_shown, protocol = "admin page", "listening");
        tokio::spawn(accept(listener, router, stopped));
        Served::At(address)
    }
}

async fn accept(listener: TcpListener, router: Router, stopped: CancellationToken) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stopped.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Nobody is told: that would cost what there is no room for.
                let Ok(permit) = room.clone().try_acquire_owned() else { continue };
                let router = router.clone().layer(Extension(Peer(peer)));
                let stopped = stopped.clone();
                tokio::spawn(async move {
                    stopped.run_until_cancelled(serve(stream, router)).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::debug!(%error, "the admin page cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    if let Ok(Err(error)) = tokio::time::timeout(CONNECTION_TIME, connection).await {
        tracing::debug!(%error, "a connection to the admin page ended");
    }
}
