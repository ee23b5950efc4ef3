//! The page in `web`, and the WebSocket of the game beside it.

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use nano::{Error, Result, Server};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// The folder of the page, in the folder that the program is started in.
const FOLDER: &str = "web";

/// Serves the page and the game at `address`, until Ctrl-C.
pub async fn serve(server: Server, address: &str) -> Result<()> {
    if !Path::new(FOLDER).join("index.html").is_file() {
        let text =
            format!("no {FOLDER}/index.html here: start the program in the project's folder");
        return Err(Error::internal(text));
    }
    let listener = TcpListener::bind(address).await.map_err(|error| {
        let advice = "another address can be named: cargo run -- 127.0.0.1:3260";
        Error::internal(format!("cannot listen on {address}: {error}; {advice}"))
    })?;
    let address = listener.local_addr()?;

    // Without the header a browser may keep yesterday's script beside today's page.
    let fresh =
        SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let site = Router::new()
        .route("/nano", server.axum_route())
        .fallback_service(ServeDir::new(FOLDER))
        .layer(fresh);
    let site = site.into_make_service_with_connect_info::<SocketAddr>();
    let page = async {
        // A program that reads the address may send a signal at once: `run`, which is polled first, handles it.
        println!("page       http://{address}/");
        println!("websocket  ws://{address}/nano");
        axum::serve(listener, site).await
    };
    tokio::select! {
        biased;
        ran = server.run() => ran,
        served = page => Ok(served?),
    }
}
