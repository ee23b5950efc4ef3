//! A network between a client and a server, which loses all that the server sends for a while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The way of one client to its server. It ends when this is dropped.
pub(super) struct Line {
    pub(super) address: SocketAddr,
    is_deaf: Arc<AtomicBool>,
    _tasks: JoinSet<()>,
}

impl Line {
    pub(super) async fn to(server: SocketAddr) -> Self {
        let bind = || UdpSocket::bind("127.0.0.1:0");
        let (near, far) = (bind().await.expect("a port"), bind().await.expect("a port"));
        let (near, far) = (Arc::new(near), Arc::new(far));
        let address = near.local_addr().expect("an address");
        let is_deaf = Arc::<AtomicBool>::default();
        let (heard, client) = watch::channel(server);
        let (mut tasks, deaf) = (JoinSet::new(), is_deaf.clone());
        let (from_client, to_server) = (near.clone(), far.clone());
        tasks.spawn(async move {
            let mut buffer = [0; 2048];
            while let Ok((len, peer)) = from_client.recv_from(&mut buffer).await {
                heard.send_replace(peer);
                // What is lost is sent again.
                let _ = to_server.send_to(&buffer[..len], server).await;
            }
        });
        tasks.spawn(async move {
            let mut buffer = [0; 2048];
            while let Ok((len, _)) = far.recv_from(&mut buffer).await {
                if !deaf.load(Ordering::Relaxed) {
                    let peer = *client.borrow();
                    // The same.
                    let _ = near.send_to(&buffer[..len], peer).await;
                }
            }
        });
        Self { address, is_deaf, _tasks: tasks }
    }

    /// Lets the client hear nothing, or everything again.
    pub(super) fn set_deaf(&self, is_deaf: bool) {
        self.is_deaf.store(is_deaf, Ordering::Relaxed);
    }
}
