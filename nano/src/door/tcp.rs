//! The listener of plain TCP connections.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

use super::Listener;

/// The most bytes that the kernel keeps unsent, so that a slow client is bounded by the session's own limit.
const UNSENT: u32 = 64 * 1024;

/// The most connections that wait for the app to accept them, where the kernel allows as many. When a lost network is
/// back, all clients return at once: those that find no place try again after a second.
const BACKLOG: i32 = 4096;

/// Listens for plain TCP connections, for [`App::listen`](crate::App::listen).
///
/// Packets follow one another on the stream. Go nano's, pitaya's and pomelo's native clients connect
/// here.
///
/// # Examples
///
/// ```
/// use nano::{App, Tcp};
///
/// let app = App::new().listen(Tcp::bind("127.0.0.1:3250"));
/// ```
#[derive(Debug)]
pub struct Tcp {
    addr: String,
    socket: Option<TcpListener>,
}

impl Tcp {
    /// Listens on `addr`, `host:port`; port 0 lets the system choose
    /// ([`Server::addresses`](crate::Server::addresses) tells which). An address that cannot be used
    /// is reported when the app starts.
    pub fn bind(addr: impl ToString) -> Self {
        Self { addr: addr.to_string(), socket: None }
    }
}

impl Listener for Tcp {
    type Stream = TcpStream;

    fn name(&self) -> String {
        self.addr.clone()
    }

    fn protocol(&self) -> String {
        "tcp".to_owned()
    }

    async fn bind(&mut self) -> io::Result<Option<SocketAddr>> {
        let socket = TcpListener::bind(&self.addr).await?;
        let address = socket.local_addr()?;
        lengthen(&socket);
        self.socket = Some(socket);
        Ok(Some(address))
    }

    async fn accept(&mut self) -> io::Result<(TcpStream, Option<SocketAddr>)> {
        let socket = self.socket.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let (stream, peer) = socket.accept().await?;
        tune(&stream);
        Ok((stream, Some(peer)))
    }
}

/// Raises the backlog above tokio's 1024. The socket listens already: the kernel takes the new number.
fn lengthen(socket: &TcpListener) {
    if let Err(error) = socket2::SockRef::from(socket).listen(BACKLOG) {
        tracing::debug!(%error, "the backlog cannot be set");
    }
}

/// Sets socket options. A connection works without them, so an error is only logged.
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
