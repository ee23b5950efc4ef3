//! The drain of a running app, as its user asks for it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Server;

impl Server {
    /// Lets sessions leave one after another for `time`, then shuts the app down and waits for its end: see
    /// [`drain`](crate::drain). Does nothing more when the drain or the shutdown has begun already.
    ///
    /// # Cancel safety
    ///
    /// The drain goes on in a task of its own when the caller stops waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use nano::{App, Tcp};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> nano::Result<()> {
    /// let server = App::new().listen(Tcp::bind("127.0.0.1:0")).start().await?;
    /// server.drain(Duration::from_secs(20)).await;
    /// assert!(!server.is_ready());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn drain(&self, time: Duration) {
        if !self.0.draining.swap(true, Ordering::AcqRel) {
            let server = self.clone();
            self.0.core.spawn(async move {
                server.0.core.drain(time).await;
                server.shutdown().await;
            });
        }
        self.stopped().await;
    }

    /// Returns `true` until the app drains or shuts down: for the readiness check of a load balancer. While the app's node
    /// is no member of its cluster, which has given it up, it returns `false`; a registry that is away changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> nano::Result<()> {
    /// let server = nano::App::new().start().await?;
    /// assert!(server.is_ready());
    /// server.shutdown().await;
    /// assert!(!server.is_ready());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_ready(&self) -> bool {
        self.0.core.is_ready()
    }
}
