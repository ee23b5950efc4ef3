//! The entrances of an app: opened when it is built, and accepted from when it has started.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use crate::door::{Door, Entrance};
use crate::net::Net;

type Bound = Result<Option<SocketAddr>, String>;

/// An entrance of any kind.
pub(super) trait AnyEntrance: Send {
    fn describe(&self) -> String;
    #[cfg(feature = "admin")]
    fn websocket_url(&self, address: SocketAddr) -> Option<String>;
    fn bind(&mut self) -> Pin<Box<dyn Future<Output = Bound> + Send + '_>>;
    fn open(self: Box<Self>, door: &Door<Net>);
}

impl<E: Entrance> AnyEntrance for E {
    fn describe(&self) -> String {
        Entrance::describe(self)
    }

    #[cfg(feature = "admin")]
    fn websocket_url(&self, address: SocketAddr) -> Option<String> {
        self.preamble().websocket_url(address)
    }

    fn bind(&mut self) -> Pin<Box<dyn Future<Output = Bound> + Send + '_>> {
        Box::pin(Entrance::bind(self))
    }

    fn open(self: Box<Self>, door: &Door<Net>) {
        door.open(*self);
    }
}

/// An entrance whose address is open: connections wait in the kernel until the components are ready.
pub(super) struct Listening {
    pub(super) address: Option<SocketAddr>,
    pub(super) entrance: Box<dyn AnyEntrance>,
}

impl Listening {
    /// Returns the URL of its WebSocket, where browsers reach it without a proxy.
    #[cfg(feature = "admin")]
    pub(super) fn websocket_url(&self) -> Option<String> {
        self.entrance.websocket_url(self.address?)
    }
}

/// Opens every address.
pub(super) async fn bind(
    entrances: Vec<Box<dyn AnyEntrance>>,
    problems: &mut Vec<String>,
) -> Vec<Listening> {
    let mut open = Vec::new();
    for mut entrance in entrances {
        match entrance.bind().await {
            Ok(address) => open.push(Listening { address, entrance }),
            Err(problem) => problems.push(problem),
        }
    }
    open
}
