//! The evidence that the process of another node is gone.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::node::Node;
use super::peer::Peer;
use super::sockets::TcpStream;

/// The attempts to connect, the time from one to the next, and the refusals in a row that prove it.
const ATTEMPTS: u32 = 5;
const BETWEEN: Duration = Duration::from_millis(100);
const REFUSALS: u32 = 3;

/// The time for an attempt: refusals come at once.
const PATIENCE: Duration = Duration::from_millis(500);

/// The outcome of an attempt to connect.
#[derive(Clone, Copy, Debug)]
enum Seen {
    /// Nothing listens there.
    Refused,
    /// Something listens there, or did until now.
    Open,
    Nothing,
}

/// Connects to a node whose link broke. If its host refuses every time, nothing listens there: the process is gone. A
/// host that is frozen or unreachable refuses nothing.
pub(super) async fn look(node: Arc<Node>, peer: Arc<Peer>) {
    let attempt = || async {
        match timeout(PATIENCE, TcpStream::connect(peer.address.as_str())).await {
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => Seen::Refused,
            Ok(_) => Seen::Open,
            Err(_) => Seen::Nothing,
        }
    };
    if !is_gone(attempt).await {
        return;
    }
    tracing::debug!(node = peer.number, "a node refuses connections");
    // If the registry is away, the lease of that node ends when it is back.
    let _ = timeout(PATIENCE, node.registry.report_gone(peer.number)).await;
}

/// Returns `true` as soon as the attempts prove that the process is gone.
async fn is_gone<F: Future<Output = Seen>>(mut attempt: impl FnMut() -> F) -> bool {
    let mut refused = 0;
    for number in 0..ATTEMPTS {
        if number > 0 {
            sleep(BETWEEN).await;
        }
        match attempt().await {
            Seen::Refused => refused += 1,
            // A process that ends may lose its links a moment before it stops listening.
            Seen::Open => refused = 0,
            Seen::Nothing => return false,
        }
        if refused == REFUSALS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::Seen::{Nothing, Open, Refused};
    use super::*;

    async fn check(seen: &[Seen], expected: (bool, u64)) {
        let (start, mut rest) = (Instant::now(), seen.iter());
        let gone = is_gone(|| {
            let next = *rest.next().expect("no further attempt");
            async move { next }
        });
        let is_gone = gone.await;
        let millis = start.elapsed().as_millis();
        assert_eq!((is_gone, millis), (expected.0, expected.1.into()), "{seen:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn three_refusals_in_a_row_prove_that_a_process_is_gone() {
        check(&[Refused; 3], (true, 200)).await;
        check(&[Open, Refused, Refused, Refused], (true, 300)).await;
        check(&[Open, Open, Refused, Refused, Refused], (true, 400)).await;
        check(&[Refused, Refused, Open, Refused, Refused], (false, 400)).await;
        check(&[Open; 5], (false, 400)).await;
        check(&[Nothing], (false, 0)).await;
        check(&[Refused, Refused, Nothing], (false, 200)).await;
    }
}
