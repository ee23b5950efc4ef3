//! Accepting connections, and going on when it fails.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::{Protocol, Stream, WebSocketStream, connection, upgrade};
use crate::app::Core;

/// The pauses after a failure to accept, doubled up to a second: out of file descriptors, trying
/// again at once only burns the processor.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// Kept unsent in the kernel at most, so that the session's own limit is what bounds a slow client.
const UNSENT: u32 = 64 * 1024;

/// Where connections come from.
pub(crate) trait Acceptor: Send + 'static {
    /// Waits for the next connection.
    fn accept(&mut self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Acceptor for TcpListener {
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        TcpListener::accept(self).await
    }
}

/// Serves what `acceptor` brings, until the app stops accepting.
pub(crate) async fn accept(core: Arc<Core>, mut acceptor: impl Acceptor, protocol: Protocol) {
    let mut pause = None;
    loop {
        let accepted = tokio::select! {
            biased;
            () = core.stop_accepting.cancelled() => return,
            accepted = acceptor.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if pause.take().is_some() {
                    tracing::info!("connections are accepted again");
                }
                serve(&core, stream, peer, &protocol);
            }
            // The connection ended before it was accepted: the next one may be fine.
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                if pause.is_none() {
                    tracing::error!(%error, "connections cannot be accepted; trying again");
                }
                let time = pause.map_or(FIRST_PAUSE, |time: Duration| (time * 2).min(LAST_PAUSE));
                pause = Some(time);
                tokio::select! {
                    () = core.stop_accepting.cancelled() => return,
                    () = tokio::time::sleep(time) => {}
                }
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn serve(core: &Arc<Core>, mut stream: TcpStream, peer: SocketAddr, protocol: &Protocol) {
    tune(&stream);
    let deadline = Instant::now() + core.config.handshake_timeout;
    match protocol {
        Protocol::Tcp => {
            let task = connection::serve(core.clone(), Stream::new(stream), Some(peer), deadline);
            core.connections.spawn(task);
        }
        Protocol::WebSocket { path } => {
            let (owner, path) = (core.clone(), path.clone());
            core.connections.spawn(async move {
                // Boxed, so that what the upgrade needs is gone when the connection idles.
                let upgraded = Box::pin(async {
                    tokio::select! {
                        () = owner.stop_accepting.cancelled() => None,
                        upgraded = tokio::time::timeout_at(deadline, upgrade::upgrade(&mut stream, &path)) => {
                            upgraded.ok()?.ok()?
                        }
                    }
                })
                .await;
                let Some(early) = upgraded else { return };
                let limit = owner.config.packet_limit;
                let transport = Box::pin(WebSocketStream::new(stream, early, limit)).await;
                connection::serve(owner, transport, Some(peer), deadline).await;
            });
        }
    }
}

/// Both settings only make the connection better: without them it works.
fn tune(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT) {
        tracing::debug!(%error, "TCP_NOTSENT_LOWAT cannot be set");
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = UNSENT;
}

#[cfg(test)]
mod tests;
