//! Waiting for what is about to become true.

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// Waits until `holds` does. A fault that is never seen fails the test after a minute.
pub(crate) async fn until(awaited: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), waiting)
        .await
        .unwrap_or_else(|_| panic!("not yet: {awaited}"));
}
