//! Peers that break the rules of WebSocket, or keep them in unusual ways.

mod closing;
mod conformance;
mod frames;
mod http;
mod peer;
mod pings;
mod silence;

use nano::{App, WebSocket};

use super::{Scene, packet};
use peer::Peer;

/// An app with a WebSocket at `/nano`, and a bystander.
async fn scene() -> Scene {
    of(App::new()).await
}

async fn of(app: App) -> Scene {
    Scene::of(app.listen(WebSocket::bind("127.0.0.1:0").path("/nano"))).await
}

/// Connects a client that has sent nothing but the upgrade.
async fn upgraded(scene: &Scene) -> Peer {
    Peer::upgraded(scene.app.server().addresses()[0], "/nano").await
}
