//! Connections in memory to a node, for tests.

use tokio::io::DuplexStream;
use tokio::time::Instant;

use super::incoming::Incoming;
use super::node::Node;
use super::strangers::{GREETING, Pass};

impl Node {
    /// Serves a connection in memory, as that of another node or of a stranger.
    pub(crate) fn meet(&self, stream: DuplexStream) {
        let (pass, deadline) = (Pass::new(None, None), Instant::now() + GREETING);
        let incoming = Incoming::new(Box::new(stream), pass, deadline, None, self.log.clone());
        if let Some(enter) = self.enter.get().cloned() {
            self.tasks.spawn(async move {
                // The node ends.
                let _ = enter.send(Ok(incoming)).await;
            });
        }
    }
}
