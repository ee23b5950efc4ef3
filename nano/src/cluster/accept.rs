//! The connections that others make to this node, from the first byte to the first one of HTTP/2.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::incoming::{Coming, Enter, Incoming};
use super::node::Node;
use super::sockets::{Io, TcpListener, TcpStream, peek};
use super::strangers::{GREETING, Pass, Stranger, Strangers};
use super::tls::{Credentials, Named, reason};
use crate::log::limited;

/// The first byte of every TLS connection.
const HANDSHAKE: u8 = 0x16;

/// The time for which a connection is held that was refused, so that guesses take time.
const HELD: Duration = Duration::from_secs(1);

/// The time between two attempts to accept.
const AGAIN: Duration = Duration::from_millis(50);

/// The connections that are complete and wait to be served.
const WAITING: usize = 16;

/// Accepts connections until the node ends. What comes out speaks HTTP/2, over TLS if the node does.
pub(super) fn accept(node: &Arc<Node>, listener: TcpListener) -> Coming {
    let (enter, coming) = mpsc::channel(WAITING);
    #[cfg(feature = "testing")]
    // It happens once.
    let _ = node.enter.set(enter.clone());
    node.tasks.spawn(accept_all(node.clone(), listener, enter));
    coming
}

async fn accept_all(node: Arc<Node>, listener: TcpListener, enter: Enter) {
    let strangers = Strangers::default();
    loop {
        let accepted = tokio::select! {
            () = node.end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // Too many open files, most likely.
            Err(error) => {
                tracing::debug!(%error, "a link cannot be accepted");
                sleep(AGAIN).await;
                continue;
            }
        };
        match strangers.admit(Some(peer)) {
            Ok(stranger) => {
                let opening = open(node.clone(), stream, peer, stranger, enter.clone());
                let node = node.clone();
                node.clone().tasks.spawn(async move {
                    tokio::select! {
                        () = node.end.cancelled() => {}
                        () = opening => {}
                    }
                });
            }
            Err(reason) => limited!(node.log, NodeStranger, reason, %peer),
        }
    }
}

/// Brings a connection to its first byte of HTTP/2, or refuses it.
async fn open(
    node: Arc<Node>,
    mut stream: TcpStream,
    peer: SocketAddr,
    stranger: Stranger,
    enter: Enter,
) {
    let _ = stream.set_nodelay(true);
    let deadline = Instant::now() + GREETING;
    let first = timeout_at(deadline, peek(&mut stream)).await;
    // Whoever says nothing looks only at whether the port is open.
    let Ok(Ok(Some(first))) = first else { return };
    let tls = node.config.tls.as_ref();
    let refused = match (tls.and_then(|tls| tls.credentials()), first == HANDSHAKE) {
        (Some(credentials), true) => {
            let checks_names = tls.is_some_and(|tls| tls.checks_names());
            match timeout_at(deadline, secure(stream, &credentials, checks_names)).await {
                Ok(Ok((stream, certificate))) => {
                    let pass = Pass::new(Some(stranger), certificate);
                    let incoming =
                        Incoming::new(stream, pass, deadline, Some(peer), node.log.clone());
                    // The node ends.
                    let _ = enter.send(Ok(incoming)).await;
                    return;
                }
                Ok(Err((reason, stream))) => (reason, Some(stream)),
                Err(_) => (format!("its TLS handshake takes longer than {GREETING:?}"), None),
            }
        }
        (None, false) => {
            let pass = Pass::new(Some(stranger), None);
            let stream = Box::new(stream);
            let incoming = Incoming::new(stream, pass, deadline, Some(peer), node.log.clone());
            let _ = enter.send(Ok(incoming)).await;
            return;
        }
        (Some(_), false) => {
            ("it does not speak TLS, as this node does: see `Cluster::tls`".into(), Some(stream))
        }
        (None, true) => {
            ("it speaks TLS, and this node does not: see `Cluster::tls`".into(), Some(stream))
        }
    };
    let (reason, _held) = refused;
    limited!(node.log, NodeStranger, reason, %peer);
    sleep(HELD).await;
}

/// Makes the TLS handshake. Returns the certificate of the peer, if it is to be looked at.
async fn secure(
    stream: TcpStream,
    credentials: &Credentials,
    checks_names: bool,
) -> Result<(Box<dyn Io>, Option<Named>), (String, TcpStream)> {
    let acceptor = TlsAcceptor::from(credentials.server.clone());
    let accepted = acceptor.accept(stream).into_fallible().await;
    let stream = accepted.map_err(|(error, stream)| (reason(&error), stream))?;
    let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let certificate = shown.filter(|_| checks_names).map(Named::new);
    Ok((Box::new(stream), certificate))
}
