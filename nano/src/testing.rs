//! The test kit: an app in the test's own process, and clients for it.
//!
//! A [`TestApp`] runs an [`App`](crate::App) without a socket: its connections are pipes in memory, so that
//! tests run in parallel, need no ports, and work with tokio's paused time. [`TestApp::connect`] gives a
//! [`Client`](crate::client::Client) as a bot has it; [`TestApp::raw`] a [`RawClient`], which sends exactly what the
//! test gives it, valid or not.
//!
//! Every failure panics, and thereby fails the test, with a text that says what was expected and what came instead.
//!
//! # Examples
//!
//! ```
//! use nano::testing::TestApp;
//! use nano::{App, component};
//!
//! struct Math;
//!
//! #[component]
//! impl Math {
//!     #[handler]
//!     fn add(&self, numbers: (i64, i64)) -> i64 {
//!         numbers.0 + numbers.1
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> nano::Result<()> {
//! let app = TestApp::start(App::new().component(Math)).await;
//! let client = app.connect().await;
//! assert_eq!(client.request::<_, i64>("math.add", &(1, 2)).await?, 3);
//! app.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Paused time
//!
//! A test of timers, deadlines or heartbeats runs in paused time, and takes none: whenever all tasks of the runtime
//! wait, tokio moves its clock to the next timer. This needs tokio's feature `test-util`:
//!
//! ```toml
//! [dev-dependencies]
//! nano = { path = "../nano/nano", features = ["testing"] }
//! tokio = { version = "1", features = ["macros", "rt", "test-util", "time"] }
//! ```
//!
//! tokio does not see what threads outside of the runtime do. While a handler waits for a database with a thread of its
//! own, or for a real socket, all tasks wait: the clock moves to the deadline of the handler or of the request, which
//! fails with a timeout, or to the next heartbeats, by which sessions end. Work in [`spawn_blocking`] is different: the
//! clock stands still until it is done. So a test in paused time calls the database there, or replaces it by a double
//! in memory; a test with the real one runs in real time, without `start_paused`.
//!
//! [`spawn_blocking`]: https://docs.rs/tokio/1/tokio/task/fn.spawn_blocking.html
//!
//! ```
//! use nano::testing::TestApp;
//! use nano::{App, Result, ResultExt, component};
//! use std::time::Duration;
//! use tokio::time::{Instant, sleep};
//!
//! /// A query, which takes a moment of real time.
//! fn query(key: &str) -> String {
//!     std::thread::sleep(Duration::from_millis(5));
//!     format!("the save of {key}")
//! }
//!
//! struct Saves;
//!
//! #[component]
//! impl Saves {
//!     #[handler]
//!     async fn load(&self, key: String) -> Result<String> {
//!         tokio::task::spawn_blocking(move || query(&key)).await.internal()
//!     }
//!
//!     #[handler]
//!     async fn tomorrow(&self) {
//!         sleep(Duration::from_secs(24 * 60 * 60)).await;
//!     }
//! }
//!
//! # /*
//! #[tokio::test(start_paused = true)]
//! # */
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> nano::Result<()> { a_day_passes_at_once().await }
//! async fn a_day_passes_at_once() -> Result<()> {
//!     let day = Duration::from_secs(24 * 60 * 60);
//!     let app = TestApp::start(App::new().component(Saves).handler_timeout(2 * day)).await;
//!     let client = app.connect_with(nano::client::Client::builder().request_timeout(2 * day)).await;
//!     let started = Instant::now();
//!     assert_eq!(client.request::<_, String>("saves.load", &"ann").await?, "the save of ann");
//!     assert_eq!(started.elapsed(), Duration::ZERO);
//!     client.request::<_, ()>("saves.tomorrow", &()).await?;
//!     assert_eq!(started.elapsed(), day);
//!     Ok(())
//! }
//! ```

mod app;
mod network;
mod raw;
mod received;
#[cfg(feature = "cluster")]
mod registry;
mod routes;

#[cfg(feature = "kcp")]
#[doc(hidden)]
pub use crate::udp::KcpProbe;
pub use app::TestApp;
pub use network::Network;
pub use raw::RawClient;
pub use received::Received;
#[cfg(feature = "cluster")]
pub use registry::assert_registry;
pub use routes::assert_routes;
