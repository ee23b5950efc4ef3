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

mod app;
mod raw;
mod received;
mod routes;

pub use app::TestApp;
pub use raw::RawClient;
pub use received::Received;
pub use routes::assert_routes;
