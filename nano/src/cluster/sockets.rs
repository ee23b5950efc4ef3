//! The sockets of a node: those of the system, or of the simulation.

use std::time::Duration;

#[cfg(not(all(test, feature = "testing")))]
pub(super) use tokio::net::{TcpListener, TcpStream};
use tonic::transport::{Channel, Endpoint};
#[cfg(all(test, feature = "testing"))]
pub(super) use turmoil::net::{TcpListener, TcpStream};

/// A stream that was accepted.
#[cfg(not(all(test, feature = "testing")))]
pub(super) fn accepted(stream: TcpStream) -> TcpStream {
    stream
}

/// A stream that was accepted.
#[cfg(all(test, feature = "testing"))]
pub(super) fn accepted(stream: TcpStream) -> super::sim::Accepted {
    super::sim::Accepted(stream)
}

/// The windows of HTTP/2. h2 derives the number of small frames that may wait from that of the connection.
pub(super) const STREAM_WINDOW: u32 = 4 * 1024 * 1024;
pub(super) const CONNECTION_WINDOW: u32 = 64 * 1024 * 1024;

/// The time for a connection to open.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// The time for a call of Go nano's protocol.
pub(super) const CALL: Duration = Duration::from_secs(2);

/// The time after which the system looks whether a connection without traffic is alive.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// Connects to another node.
pub(super) async fn channel(
    address: &str,
) -> Result<Channel, Box<dyn std::error::Error + Send + Sync>> {
    let endpoint = Endpoint::from_shared(format!("http://{address}"))?
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    #[cfg(not(all(test, feature = "testing")))]
    let channel = endpoint.connect().await?;
    #[cfg(all(test, feature = "testing"))]
    let channel = endpoint.connect_with_connector(tower::service_fn(super::sim::connect)).await?;
    Ok(channel)
}

/// A channel to a node of Go nano, which connects with its first call, and again with the next one when the connection is
/// lost. It sends no pings: such nodes end connections for them.
pub(super) fn channel_of_calls(
    address: &str,
) -> Result<Channel, Box<dyn std::error::Error + Send + Sync>> {
    let endpoint = Endpoint::from_shared(format!("http://{address}"))?
        .connect_timeout(CALL)
        .tcp_nodelay(true)
        .tcp_keepalive(Some(KEEPALIVE));
    #[cfg(not(all(test, feature = "testing")))]
    let channel = endpoint.connect_lazy();
    #[cfg(all(test, feature = "testing"))]
    let channel = endpoint.connect_with_connector_lazy(tower::service_fn(super::sim::connect));
    Ok(channel)
}
