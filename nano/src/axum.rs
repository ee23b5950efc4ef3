//! The WebSocket inside an axum router, so that one port serves everything.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{self, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use hyper_util::rt::TokioIo;

use crate::door::{Answer, Framing, Ready, forwarded, traced};
use crate::{Server, Upgrade};

/// The peer's address, where the router was served with it.
type Peer = axum::extract::ConnectInfo<std::net::SocketAddr>;

impl Server {
    /// A route that turns its connections into WebSockets of this app, for an axum `Router`: the page,
    /// the game and the application's own routes share one port. Needs the feature `axum`.
    ///
    /// [`Session::remote_addr`](crate::Session::remote_addr) is known when the router is served with
    /// `into_make_service_with_connect_info::<SocketAddr>()`. Serve beside [`Server::run`], as below, so that axum ends with
    /// the app: axum's own graceful shutdown waits for requests that a client may never finish.
    ///
    /// In a cluster, `Cluster::gate` tells the other nodes that clients come this way.
    ///
    /// The deadline of the handshake begins with the upgrade: until then the connection is axum's, which
    /// waits for a request, and limits its head (100 fields), according to its own settings.
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
    /// tokio::select! {
    ///     ran = server.run() => ran?,
    ///     served = axum::serve(listener, site) => served?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn axum_route<S: Clone + Send + Sync + 'static>(&self) -> MethodRouter<S> {
        self.axum_route_with(Upgrade::new())
    }

    /// The route of [`Server::axum_route`], with options: subprotocols, the origins of pages, and the client's address
    /// behind a proxy. Needs the feature `axum`.
    ///
    /// # Examples
    ///
    /// ```
    /// use axum::Router;
    /// use nano::Upgrade;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> nano::Result<()> {
    /// let server = nano::App::new().start().await?;
    /// let behind_nginx = Upgrade::new().trust_forwarded_for(1);
    /// let site: Router = Router::new().route("/nano", server.axum_route_with(behind_nginx));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics when a subprotocol is no HTTP token, or an origin is not as browsers send it.
    pub fn axum_route_with<S: Clone + Send + Sync + 'static>(
        &self,
        options: Upgrade,
    ) -> MethodRouter<S> {
        if let Err(problem) = options.check() {
            panic!("{problem}");
        }
        let (server, options) = (self.clone(), Arc::new(options));
        get(move |request: Request| async move { server.upgrade(request, &options) })
    }

    fn upgrade(&self, mut request: Request, options: &Upgrade) -> Response {
        let upgrade = hyper::upgrade::on(&mut request);
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
        let peer = forwarded::client(request.headers(), options.proxies, peer);
        let trace = traced::trace(request.headers());
        let head = http::Request::from_parts(request.into_parts().0, ());
        let accepted = match options.accept(&head, peer, self.core().runtime.log()) {
            Ok(accepted) => accepted,
            Err(answer) => return refused(&answer),
        };
        let door = &self.core().door;
        let unavailable = |text| refused(&Answer::new(StatusCode::SERVICE_UNAVAILABLE, text));
        if !door.is_ready() {
            return unavailable("the server is shutting down");
        }
        let Some(entry) = door.admit(peer) else { return unavailable("the server is full") };
        let ready = async move {
            match upgrade.await {
                Ok(upgraded) => {
                    let framing = Framing::WebSocket { early: Vec::new(), trace };
                    Some(Ready::new(TokioIo::new(upgraded), framing, peer))
                }
                Err(error) => {
                    tracing::debug!(%error, "an upgrade failed");
                    None
                }
            }
        };
        door.threads().enter(|| door.start_after(entry, ready));
        accepted.map(|()| Body::empty())
    }
}

/// The files of the JavaScript client, for an axum `Router`: `/nano.js`, which a page imports, and its parts in `/nano/`.
/// Needs the feature `axum`.
///
/// They are compiled into the program, so that a page has the client of the server's version. To serve them below another
/// path, [nest](axum::Router::nest) the router.
///
/// # Examples
///
/// ```
/// use axum::{Router, response::Html, routing::get};
///
/// const PAGE: &str = "<script type=module>
///     import { connect } from './nano.js';
///     const client = await connect(`ws://${location.host}/nano`);
/// </script>";
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> nano::Result<()> {
/// let server = nano::App::new().start().await?;
/// let site: Router = Router::new()
///     .route("/", get(Html(PAGE)))
///     .route("/nano", server.axum_route())
///     .merge(nano::axum_client());
/// # Ok(())
/// # }
/// ```
pub fn axum_client<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        // Without this a browser may keep the client of yesterday's server.
        (CACHE_CONTROL, "no-cache"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let scripts = nano_js::FILES.iter().filter(|(path, _)| path.ends_with(".js"));
    scripts.fold(Router::new(), |router, (path, text)| {
        router.route(&format!("/{path}"), get((headers.clone(), *text)))
    })
}

fn refused(answer: &Answer) -> Response {
    let headers = AppendHeaders(answer.fields().iter().copied());
    (answer.status, headers, answer.text.clone()).into_response()
}
