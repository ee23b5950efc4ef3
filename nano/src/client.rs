//! The Rust client: for tests, bots, and programs that talk to a server as a player would.
//!
//! A [`Client`] is one connection. It sends requests and notifies by route, hands pushes to the
//! handlers registered with [`Client::on`], answers heartbeats, and keeps the reason of its end.
//!
//! # Examples
//!
//! ```no_run
//! use nano::client::Client;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize)]
//! struct JoinRequest { name: String }
//!
//! #[derive(Deserialize)]
//! struct JoinResponse { members: Vec<i64> }
//!
//! #[derive(Deserialize)]
//! struct NewUser { name: String }
//!
//! # async fn run() -> nano::Result<()> {
//! let client = Client::connect("ws://127.0.0.1:3251/nano").await?;
//! client.on::<NewUser>("onNewUser", |user| println!("{} came in", user.name));
//! let room: JoinResponse = client.request("room.join", &JoinRequest { name: "ann".into() }).await?;
//! println!("{} are here", room.members.len());
//! client.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Lost connections
//!
//! A client that connected by itself, not [over](ClientBuilder::over) a given stream, comes back to its session when its
//! connection is lost, if the server [lets it](crate::App::resume): it connects again for as long as the session waits,
//! and misses nothing. Requests go on to wait, within their own time limit. Otherwise, and when the session is gone, the
//! client has ended: see [`Client::reconnect_in`].
//!
//! # Typed callers
//!
//! In a crate that can name the server's components, routes and types need not be written again:
//! [`#[component]`](macro@crate::component) writes a `RoomClient` for `Room`, which has a method for each handler,
//! and `RoomPush::on` hears the events of a [`#[push]`](macro@crate::push) trait. Messages then derive both of
//! serde's traits. A bot that greets everybody who speaks:
//!
//! ```
//! use nano::client::Client;
//! use nano::{Group, Result, Session, component, push};
//! use serde::{Deserialize, Serialize};
//! use tokio::sync::mpsc;
//!
//! #[derive(Default)]
//! struct Room { members: Group }
//!
//! #[derive(Deserialize, Serialize)]
//! struct Said { name: String, text: String }
//!
//! #[push]
//! trait RoomPush {
//!     #[push(name = "onSaid")]
//!     fn said(said: Said);
//! }
//!
//! #[component]
//! impl Room {
//!     /// Joins the room, and answers with how many are there.
//!     #[handler]
//!     fn join(&self, session: &Session) -> Result<usize> {
//!         self.members.add(session)?;
//!         Ok(self.members.len())
//!     }
//!
//!     #[handler]
//!     fn say(&self, said: Said) -> Result<()> {
//!         RoomPush::to(&self.members).said(&said)
//!     }
//! }
//!
//! /// Runs until the connection ends.
//! async fn greeter(url: &str) -> Result<()> {
//!     let client = Client::connect(url).await?;
//!     // The task that reads waits for this handler, so it only hands over.
//!     let (heard, mut inbox) = mpsc::channel::<Said>(64);
//!     RoomPush::on(&client).said(move |said| {
//!         let _ = heard.try_send(said); // a bot with its hands full misses some
//!     });
//!     let room = RoomClient::new(&client);
//!     room.join().await?;
//!     while let Some(Said { name, .. }) = inbox.recv().await {
//!         if name != "greeter" {
//!             let text = format!("hello {name}");
//!             room.say(&Said { name: "greeter".into(), text }).await?;
//!         }
//!     }
//!     Ok(())
//! }
//! #
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! # let app = nano::App::new().component(Room::default()).listen(nano::Tcp::bind("127.0.0.1:0"));
//! # let server = app.start().await?;
//! # let url = format!("tcp://{}", server.addresses()[0]);
//! # let client = Client::connect(&url).await?;
//! # let (heard, mut inbox) = mpsc::channel::<Said>(8);
//! # RoomPush::on(&client).said(move |said| heard.try_send(said).expect("somebody listens"));
//! # let ann = RoomClient::new(&client);
//! # ann.join().await?;
//! # let bot = tokio::spawn(async move { greeter(&url).await });
//! # while ann.join().await? < 2 { tokio::task::yield_now().await }
//! # ann.say(&Said { name: "ann".into(), text: "hi".into() }).await?;
//! # assert_eq!(inbox.recv().await.expect("her own words").text, "hi");
//! # assert_eq!(inbox.recv().await.expect("the bot's").text, "hello ann");
//! # server.shutdown().await;
//! # bot.await.expect("no panic")
//! # }
//! ```

mod builder;
mod calls;
mod close;
mod come_back;
mod connection;
mod dial;
mod dialect;
mod end;
mod error_body;
mod handlers;
mod handshake;
mod io;
mod kick;
mod packet;
mod pending;
mod pipeline;
mod queue;
mod resume;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod url;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::serializer::{Decode, Json, Serializer};
use crate::{Error, ErrorKind, PushSource, Result};

pub use builder::ClientBuilder;
pub use close::CloseReason;
pub use dialect::Dialect;
pub use pipeline::Pipeline;

use connection::Shared;
use queue::Queue;

/// A connection to a server, whose payloads are written and read by `S`.
///
/// Clones share the connection; it is closed when the last of them is dropped. A handler that holds a
/// clone keeps it open.
///
/// # Examples
///
/// ```no_run
/// use nano::client::Client;
///
/// # async fn run() -> nano::Result<()> {
/// let client = Client::connect("tcp://127.0.0.1:3250").await?;
/// client.notify("room.message", &"hello").await?;
/// # Ok(())
/// # }
/// ```
pub struct Client<S = Json>(Arc<Inner<S>>);

struct Inner<S> {
    serializer: Arc<S>,
    queue: Queue,
    shared: Arc<Shared>,
    request_timeout: Duration,
    packet_limit: usize,
    flags_errors: bool,
}

impl<S> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = &self.0.shared;
        f.debug_struct("Client")
            .field("ended", &*shared.ended.borrow())
            .field("pending", &shared.pending)
            .field("handlers", &shared.handlers)
            .finish_non_exhaustive()
    }
}

impl<S: Serializer> Client<S> {
    /// Calls `handler` with every push to `route` from now on.
    ///
    /// Several handlers of a route run in the order they were registered. They run on the task that
    /// reads from the server, which waits for them: a handler that has more to do sends to a channel. A
    /// handler that panics, and a push that does not decode, cost that call only; both are logged. A push
    /// that no handler wants is dropped. For pushes that may come right after the handshake, use
    /// [`ClientBuilder::on`].
    ///
    /// In a crate that can name the server's [`#[push]`](macro@crate::push) trait, `RoomPush::on(&client)` is the
    /// typed form of this, in which no route is written: `RoomPush::on(&client).message(|message| ..)`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn run(client: nano::client::Client) {
    /// client.on::<String>("onMessage", |text| println!("{text}"));
    /// # }
    /// ```
    pub fn on<T>(&self, route: &str, handler: impl FnMut(T) + Send + 'static)
    where
        S: Decode<T>,
        T: 'static,
    {
        self.0.shared.handlers.add_typed(route, &self.0.serializer, handler);
    }

    /// Calls `handler` with the undecoded body of every push to `route` from now on.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn run(client: nano::client::Client) {
    /// client.on_bytes("onMessage", |body| println!("{} bytes", body.len()));
    /// # }
    /// ```
    pub fn on_bytes(&self, route: &str, handler: impl FnMut(Bytes) + Send + 'static) {
        self.0.shared.handlers.add(route, handler);
    }

    /// Calls `handler` with the route and the undecoded body of every push from now on, after the handlers of its
    /// route: for programs that do not know the routes, such as recorders.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn run(client: nano::client::Client) {
    /// client.on_any(|route, body| println!("{route}: {} bytes", body.len()));
    /// # }
    /// ```
    pub fn on_any(&self, handler: impl FnMut(&str, Bytes) + Send + 'static) {
        self.0.shared.handlers.add_any(handler);
    }
}

impl<S: Serializer> PushSource for Client<S> {
    type Serializer = S;

    fn on<T: 'static>(&self, route: &str, handler: impl FnMut(T) + Send + 'static)
    where
        S: Decode<T>,
    {
        Client::on(self, route, handler);
    }

    fn on_bytes(&self, route: &str, handler: impl FnMut(Bytes) + Send + 'static) {
        Client::on_bytes(self, route, handler);
    }
}

impl<S> Client<S> {
    /// Returns the codes that the server announced for its routes; empty when it announced none.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn run(client: nano::client::Client) {
    /// assert!(client.dictionary().contains_key("room.join"));
    /// # }
    /// ```
    pub fn dictionary(&self) -> BTreeMap<String, u16> {
        self.0.shared.handshake.dictionary.codes.clone()
    }

    /// Returns the server's reply to the handshake, as it came.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn run(client: nano::client::Client) {
    /// println!("heartbeats every {} s", client.handshake()["sys"]["heartbeat"]);
    /// # }
    /// ```
    pub fn handshake(&self) -> &Value {
        &self.0.shared.handshake.reply
    }

    /// Reads the answer of the server's `#[on(handshake)]` hook, the part `user` of its handshake.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when it is no `T`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// #[derive(serde::Deserialize)]
    /// struct Welcome { motd: String }
    ///
    /// # fn run(client: nano::client::Client) -> nano::Result<()> {
    /// let welcome: Welcome = client.user()?;
    /// println!("{}", welcome.motd);
    /// # Ok(())
    /// # }
    /// ```
    pub fn user<T: DeserializeOwned>(&self) -> Result<T> {
        let user = self.handshake().get("user").unwrap_or(&Value::Null);
        T::deserialize(user).map_err(|source| {
            let message = "the `user` of the server's handshake does not decode";
            Error::with_source(ErrorKind::Decode, message, source)
        })
    }
}
