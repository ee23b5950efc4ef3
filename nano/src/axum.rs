//! The WebSocket inside an axum router, so that one port serves everything.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{self, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use hyper_util::rt::TokioIo;

use crate::Server;
use crate::door::{Framing, Opening, upgrade};

/// The peer's address, where the router was served with it.
type Peer = axum::extract::ConnectInfo<std::net::SocketAddr>;

impl Server {
    /// A route that turns its connections into WebSockets of this app, for an axum `Router`: the page,
    /// the game and the application's own routes share one port. Needs the feature `axum`.
    ///
    /// [`Session::remote_addr`](crate::Session::remote_addr) is known when the router is served with
    /// `into_make_service_with_connect_info::<SocketAddr>()`. Serve with
    /// `with_graceful_shutdown(async move { server.stopping().await })`, so that axum ends with the app.
    ///
    /// The deadline of the handshake begins with the upgrade: until then the connection is axum's, which
    /// waits for a request according to its own settings.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use axum::{routing::get, Router};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = nano::App::new().start().await?;
    /// let site = Router::new()
    ///     .route("/", get(|| async { "the page" }))
    ///     .route("/nano", server.axum_route());
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:3250").await?;
    /// let stopping = server.clone();
    /// let http = axum::serve(listener, site)
    ///     .with_graceful_shutdown(async move { stopping.stopping().await });
    /// let (served, ran) = tokio::join!(http, server.run());
    /// served?;
    /// ran?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn axum_route<S: Clone + Send + Sync + 'static>(&self) -> MethodRouter<S> {
        let server = self.clone();
        axum::routing::get(move |request: Request| async move { server.upgrade(request) })
    }

    fn upgrade(&self, mut request: Request) -> Response {
        let upgrade = hyper::upgrade::on(&mut request);
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
        let head = http::Request::from_parts(request.into_parts().0, ());
        let response = match upgrade::response(&head) {
            Ok(response) => response,
            Err(text) => {
                let headers = [(header::UPGRADE, "websocket")];
                return (StatusCode::UPGRADE_REQUIRED, headers, text).into_response();
            }
        };
        let opening = Opening::Pending(Box::pin(async move {
            match upgrade.await {
                Ok(upgraded) => {
                    let framing = Framing::WebSocket { early: Vec::new() };
                    Some((TokioIo::new(upgraded), framing))
                }
                Err(error) => {
                    tracing::debug!(%error, "an upgrade failed");
                    None
                }
            }
        }));
        let door = &self.core().door;
        if door.is_closed() {
            return (StatusCode::SERVICE_UNAVAILABLE, "the server is shutting down")
                .into_response();
        }
        let admitted = door.threads().place(opening, |opening| door.admit(peer, opening));
        if !admitted.unwrap_or(false) {
            return (StatusCode::SERVICE_UNAVAILABLE, "the server is full").into_response();
        }
        response.map(|()| Body::empty())
    }
}
