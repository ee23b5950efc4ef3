//! The accept loop, which goes on when accepting fails.

use std::io;
use std::time::Duration;

use super::listener::sealed::Backing;
use super::{Door, Entrance, Service};
use crate::log::limited;
use crate::panics;

/// The first pause after a failure to accept; it is doubled up to a second. Without file descriptors, an
/// attempt right after the failure would fail again and only use up the processor.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LAST_PAUSE: Duration = Duration::from_secs(1);

impl<V: Service> Door<V> {
    /// Serves what comes in at an entrance, until the app stops accepting.
    pub(crate) fn open(&self, mut entrance: impl Entrance) {
        entrance.start(&Backing { log: self.log.clone(), tasks: self.tasks.clone() });
        self.tasks.spawn(accept(self.clone(), entrance));
    }
}

/// Lets in what comes at `entrance`, until the app stops accepting.
async fn accept<V: Service>(door: Door<V>, mut entrance: impl Entrance) {
    let (preamble, name) = (entrance.preamble(), entrance.describe());
    let mut pause = None;
    loop {
        // A listener of the application may never wait: other tasks get their turn.
        tokio::task::coop::consume_budget().await;
        let accepted = tokio::select! {
            biased;
            () = door.stop.cancelled() => return,
            accepted = panics::catch_async(entrance.accept()) => accepted,
        };
        let panicked = |panic| Err(io::Error::other(format!("the listener panicked: {panic}")));
        match accepted.unwrap_or_else(panicked) {
            Ok((stream, peer)) => {
                if pause.take().is_some() {
                    limited!(door.log, AcceptedAgain, listener = name);
                }
                let serve = |stream| door.accepted(stream, peer, &preamble);
                if let Err(error) = door.threads.place(stream, serve) {
                    tracing::debug!(%error, "a connection was lost on the way to its thread");
                }
            }
            // The connection ended before it was accepted: the next one may be fine.
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                if pause.is_none() {
                    limited!(door.log, AcceptFailed, listener = name, %error);
                }
                let time = pause.map_or(FIRST_PAUSE, |time: Duration| (time * 2).min(LAST_PAUSE));
                pause = Some(time);
                tokio::select! {
                    () = door.stop.cancelled() => return,
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

#[cfg(test)]
mod tests;
