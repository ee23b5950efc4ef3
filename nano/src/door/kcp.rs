//! The entrance for conversations of KCP.

use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;
use tokio::sync::mpsc::{self, Receiver};

use super::Preamble;
use super::listener::sealed::{Backing, Entrance};
use crate::udp::{Accepted, Endpoint, KcpOptions, KcpStream};

/// The conversations that wait to be accepted. There are many only while the app has no time at all.
const QUEUE: usize = 256;

/// Listens for conversations of KCP over UDP, for [`App::listen`](crate::App::listen): see [`kcp`](crate::kcp).
///
/// # Examples
///
/// ```
/// use nano::{App, Kcp, Tcp};
///
/// // The same port as for TCP: UDP has ports of its own.
/// let app = App::new().listen(Tcp::bind("127.0.0.1:3250")).listen(Kcp::bind("127.0.0.1:3250"));
/// ```
#[derive(Debug)]
pub struct Kcp {
    addr: String,
    options: KcpOptions,
    socket: Option<UdpSocket>,
    accepted: Option<Receiver<Accepted>>,
}

impl Kcp {
    /// Listens on `addr`, `host:port`; port 0 lets the system choose
    /// ([`Server::addresses`](crate::Server::addresses) tells which). An address that cannot be used is reported when the
    /// app starts.
    pub fn bind(addr: impl ToString) -> Self {
        Self { addr: addr.to_string(), options: KcpOptions::new(), socket: None, accepted: None }
    }

    /// Speaks KCP with these settings. Those that are not possible are reported when the app starts.
    pub fn options(mut self, options: KcpOptions) -> Self {
        self.options = options;
        self
    }
}

impl Entrance for Kcp {
    type Stream = KcpStream;

    fn describe(&self) -> String {
        "kcp".to_owned()
    }

    async fn bind(&mut self) -> Result<Option<SocketAddr>, String> {
        self.options.check()?;
        let problem = |error| format!("cannot listen on `{}`: {error}", self.addr);
        let socket = UdpSocket::bind(&self.addr).await.map_err(problem)?;
        let address = socket.local_addr().map_err(problem)?;
        self.socket = Some(socket);
        Ok(Some(address))
    }

    fn start(&mut self, backing: &Backing) {
        let Some(socket) = self.socket.take() else { return };
        let (sender, accepted) = mpsc::channel(QUEUE);
        self.accepted = Some(accepted);
        let log = backing.log.clone();
        backing.tasks.spawn(Endpoint::listening(socket, self.options, sender, log).run());
    }

    async fn accept(&mut self) -> io::Result<(KcpStream, Option<SocketAddr>)> {
        let accepted = self.accepted.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        match accepted.recv().await {
            Some((stream, peer)) => Ok((stream, Some(peer))),
            // The task ends with this entrance, or with its runtime, unless it has panicked.
            None => Err(io::Error::other("the task of the KCP socket has ended")),
        }
    }

    fn preamble(&self) -> Preamble {
        Preamble { without_end: true, ..Preamble::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_whose_task_is_gone_is_told_of() {
        let mut kcp = Kcp::bind("127.0.0.1:0");
        kcp.accepted = Some(mpsc::channel(1).1);
        let error = kcp.accept().await.expect_err("nobody accepts");
        assert_eq!(error.to_string(), "the task of the KCP socket has ended");
    }
}
