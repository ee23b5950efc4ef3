//! The address of a node, before the node starts.

use std::net::SocketAddr;

use super::config::Cluster;
use super::sockets::TcpListener;

/// A node whose address is open.
pub(crate) struct Bound {
    /// `None` when there are no sockets.
    pub(super) listener: Option<TcpListener>,
    pub(super) address: SocketAddr,
}

impl Bound {
    /// Opens the address of a node, and reads its certificates.
    ///
    /// # Errors
    ///
    /// The problem, as the start of the app reports it.
    pub(crate) async fn open(config: &Cluster) -> Result<Self, String> {
        #[cfg(test)]
        if config.is_wired_by_hand {
            return Ok(Self { listener: None, address: SocketAddr::from(([127, 0, 0, 1], 0)) });
        }
        if let Some(tls) = &config.tls {
            tls.read().map_err(|error| format!("cluster: {error}"))?;
        }
        let shown = &config.address;
        let fault =
            |error: std::io::Error| format!("cluster: {shown} cannot be listened on: {error}");
        let listener = TcpListener::bind(shown).await.map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        match config.address_fault(address) {
            Some(fault) => Err(fault),
            None => Ok(Self { listener: Some(listener), address }),
        }
    }
}
