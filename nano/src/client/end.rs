//! The end of a connection, as the application sees it.

use std::time::Duration;

use super::{Client, CloseReason};

impl<S> Client<S> {
    /// Waits until the connection has ended, and returns the reason.
    ///
    /// # Cancel safety
    ///
    /// May be dropped and called again.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) {
    /// println!("{}", client.closed().await);
    /// # }
    /// ```
    pub async fn closed(&self) -> CloseReason {
        let mut ended = self.0.shared.ended.subscribe();
        // The sender lives as long as this client, so the wait ends with a value only.
        let ended = ended.wait_for(Option::is_some).await;
        let end = ended.ok().and_then(|end| end.clone());
        end.map_or(CloseReason::Lost, |end| end.reason)
    }

    /// Returns how long to wait before connecting again, jitter included; `None` while the connection is open, and
    /// when its end is final.
    ///
    /// Final are the end that this side asked for, and a kick that says something against the client: one by the
    /// application, for a broken protocol, or for a reason that this client does not know. A connection that is lost,
    /// and a kick that carries a `reconnectIn` or has the reason `shutdown`, `heartbeat_timeout`, `handshake_timeout`
    /// or `slow_consumer`, are no reason to stay away. For connections that cannot be opened, see the errors of
    /// [`ClientBuilder::connect`](super::ClientBuilder::connect).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use nano::client::Client;
    ///
    /// async fn play(client: &Client) {}
    ///
    /// # async fn run() -> nano::Result<()> {
    /// loop {
    ///     let client = Client::connect("tcp://127.0.0.1:3250").await?;
    ///     play(&client).await;
    ///     let reason = client.closed().await;
    ///     let Some(delay) = client.reconnect_in() else {
    ///         println!("{reason}");
    ///         return Ok(());
    ///     };
    ///     tokio::time::sleep(delay).await;
    /// }
    /// # }
    /// ```
    pub fn reconnect_in(&self) -> Option<Duration> {
        self.0.shared.ended.borrow().as_ref()?.reconnect_in
    }

    /// Returns `true` if the connection has ended.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) {
    /// client.close().await;
    /// assert!(client.is_closed());
    /// # }
    /// ```
    pub fn is_closed(&self) -> bool {
        self.0.shared.ended.borrow().is_some()
    }

    /// Closes the connection: what was sent before is written, requests that wait fail. Returns when
    /// the server has closed its side too, or after two seconds. A second call changes nothing.
    ///
    /// A client whose connection is lost, and that could come back to its session, connects once more to end it. If the
    /// server cannot be reached within these two seconds, the session ends with its window.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) {
    /// client.close().await;
    /// # }
    /// ```
    pub async fn close(&self) {
        self.0.shared.close.notify_one();
        self.closed().await;
    }
}
