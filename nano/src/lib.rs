//! A game-server framework: a component is a struct, a handler is a method, a client calls
//! `room.join`.
//!
//! ```no_run
//! use nano::{component, push, App, Group, Json, Result, Session, Tcp, Uid, WebSocket};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Default)]
//! struct Room { members: Group }
//!
//! #[derive(Deserialize)]
//! struct JoinRequest { uid: i64, name: String }
//!
//! #[derive(Serialize)]
//! struct JoinResponse { members: Vec<Uid> }
//!
//! #[derive(Serialize)]
//! struct NewUser { name: String }
//!
//! #[derive(Deserialize, Serialize)]
//! struct ChatMessage { text: String }
//!
//! /// The messages that the server pushes to clients.
//! #[push]
//! trait RoomPush {
//!     /// Somebody came in.
//!     #[push(name = "onNewUser")]
//!     fn new_user(msg: NewUser);
//!     /// Somebody said something.
//!     #[push(name = "onMessage")]
//!     fn message(msg: ChatMessage);
//! }
//!
//! #[component] // routes: room.join, room.message
//! impl Room {
//!     /// Joins the room and answers with who is there.
//!     #[handler]
//!     async fn join(&mut self, session: &Session, req: JoinRequest) -> Result<JoinResponse> {
//!         session.bind(req.uid).await?;
//!         RoomPush::to(&self.members).new_user(&NewUser { name: req.name })?; // typed push
//!         self.members.add(session)?;
//!         Ok(JoinResponse { members: self.members.uids() }) // the value is the reply
//!     }
//!
//!     #[handler]
//!     fn message(&self, msg: ChatMessage) -> Result<()> {
//!         RoomPush::to(&self.members).message(&msg)
//!     }
//!
//!     #[on(session_closed)] // it has left its groups already
//!     fn left(&self, session: &Session) {
//!         tracing::info!(uid = ?session.uid(), "left");
//!     }
//!
//!     #[every("60s")]
//!     fn report(&self) {
//!         tracing::info!(members = self.members.len(), "room");
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<()> {
//!     App::new()
//!         .serializer(Json)
//!         .component(Room::default())
//!         .push(RoomPush) // optional: nano's own clients get two bytes instead of a name
//!         .listen(Tcp::bind("0.0.0.0:3250"))
//!         .listen(WebSocket::bind("0.0.0.0:3251").path("/nano"))
//!         .run() // until SIGINT or SIGTERM
//!         .await
//! }
//! ```
//!
//! # Overview
//!
//! The [`guide`] has a chapter for each task, and tables for those who come from other frameworks.
//!
//! | subject | types and pages |
//! |---|---|
//! | handlers, hooks and timers; pushes | [`macro@component`], [`macro@push`] |
//! | starting, limits, shutdown | [`App`], [`Server`]; [`limits`], [`drain`] |
//! | listening | [`Tcp`], [`WebSocket`], [`ProxyProtocol`], [`Listener`]; [`proxies`]; with features `Tls`, `WebTransport`, `Kcp` |
//! | what handlers work with | [`Session`], [`Group`], [`Reply`], [`Context`], [`Handle`], [`Timer`] |
//! | users, logins, the data of a session, lost connections | [`User`], [`DuplicateLogin`], [`Resume`]; [`users`], [`handshake`], [`policy`], [`resume`] |
//! | matches, tables, zones, a lobby | [`RoomType`], [`Rooms`], [`RoomRef`]; [`rooms`] |
//! | the routes and messages of a build script | [`include_routes!`], [`App::routes`], [`include_protos!`], [`include_proto!`] |
//! | stages around messages, encryption | [`pipeline`] |
//! | calls between components, typed callers such as `RoomClient` | [`Nodes`], [`AppCaller`], [`Caller`], [`PushSource`]; [`calls`] |
//! | the promises, the log, metrics and traces | [`semantics`], [`logs`], [`observability`] |
//! | JSON, protobuf, or a format of your own; the bytes | [`serializer`]; [`protocol`], [`codec`] |
//!
//! # Features
//!
//! None is on by default: `admin` (metrics, health checks, a live page), `axum` (the WebSocket inside an axum router), `client` (the
//! Rust client), `cluster` and `etcd` (several nodes), `cron` (timers by the time of day), `kcp` (UDP), `testing` (apps in the process
//! of your tests), `tls`, and `webtransport` (browsers over QUIC, where no lost packet holds up those behind it). The features `cluster`,
//! `etcd`, `tls` and `webtransport` need a C compiler to build.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[path = "private.rs"]
#[doc(hidden)]
pub mod __private;
#[cfg(feature = "admin")]
mod admin;
mod app;
#[cfg(feature = "axum")]
mod axum;
mod caller;
#[cfg(feature = "client")]
pub mod client;
mod clock;
#[cfg(feature = "cluster")]
mod cluster;
pub mod codec;
pub mod component;
mod deadline;
mod dispatch;
mod door;
mod error;
mod group;
pub mod guide;
mod include;
mod log;
mod metrics;
mod net;
mod pages;
mod panics;
#[cfg(feature = "cluster")]
mod proto;
mod push;
mod random;
mod rate;
mod reply;
mod routes;
mod session;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod timer;
mod trace;
#[cfg(feature = "kcp")]
mod udp;
mod wire;

#[cfg(feature = "admin")]
pub use admin::Admin;
pub use app::{App, Server};
#[cfg(feature = "axum")]
pub use axum::axum_client;
#[doc(no_inline)]
pub use bytes::Bytes;
pub use caller::{Caller, PushSource};
#[cfg(feature = "cluster")]
pub use cluster::exports::*;
pub use component::{
    Audience, Component, Context, Data, Entrance, Handle, Handshake, LeaveReason, LostRoom,
    NewRoom, Room, RoomChanges, RoomId, RoomInfo, RoomRef, RoomType, RoomWatch, Rooms, Seat,
};
pub use dispatch::InboundMessage;
#[cfg(feature = "kcp")]
pub use door::Kcp;
#[cfg(feature = "webtransport")]
pub use door::WebTransport;
pub use door::{Listen, Listener, ProxyProtocol, Tcp, Upgrade, WebSocket};
#[cfg(feature = "tls")]
pub use door::{PeerCertificate, Secured, Tls};
pub use error::{Error, ErrorKind, Result, ResultExt};
pub use group::{Everyone, EveryoneElse, Filtered, Group, User};
pub use metrics::InstalledRecorder;
pub use net::{OverRate, Resume, SlowConsumers};
pub use pages::*;
pub use push::{Push, PushEvent, PushSet, PushTarget};
pub use rate::Rate;
pub use reply::Reply;
pub use routes::Routes;
pub use serializer::{Json, Protobuf, Serializer};
pub use session::{
    AppCaller, AppProtobuf, AppSerializer, CloseReason, DuplicateLogin, Node, NodeState, Nodes,
    Session, SessionData, SessionId, Uid,
};
pub use timer::{Timer, TimerGuard};
pub use trace::TraceParent;
#[cfg(feature = "kcp")]
pub use udp::KcpOptions;
pub use wire::serializer;
pub use wire::stages::{OutboundKind, OutboundMessage};
pub use wire::{Dictionary, UnflaggedErrors};

/// Makes an `impl` block a component: its annotated methods become handlers, hooks and timers.
///
/// # Options
///
/// - `name = ".."`: the component's name; by default the type's, in `snake_case`. It may have dots:
///   `name = "connector.entryHandler"` for the routes of pomelo, pinus and pitaya, which have three parts.
/// - `rename_all = ".."`: the case of the component's and the handlers' names, with the values of serde's
///   `rename_all`; Go nano uses `PascalCase`. Method names are split into words first, so
///   that `joinRoom` is `join_room` in snake case.
/// - `crate = path`: the path of this crate, if it was renamed.
/// - `parts(..)` and `part = ".."`: see [Parts](#parts).
/// - `timeout`, `rate`, `max_body`, `guest`, `before`: the defaults of its handlers, see [`policy`].
/// - `room`, or `room(info = TableInfo)`: makes the component a [`Room`], of which there are many; see
///   [`rooms`].
///
/// A route is the component's name and the handler's, joined by a dot. A handler's name has no dot, so the last one of a route
/// separates the two. Neither name has spaces or control characters, and a route has 255 bytes at most.
///
/// # Handlers
///
/// `#[handler]` marks a method that clients call; `#[handler(name = "..")]` renames it, and
/// `#[handler(concurrent)]` lets the session's next message overtake it. With `#[handler(notify)]` callers do not
/// wait for a handler that returns `Result<()>`: an error is logged, and a client that sent a request nevertheless
/// receives it. `timeout = "2s"`, `rate = "10/s"`, `max_body = "4KiB"`, `guest` and `before = require_player` are its
/// [`policy`]. `#[handler(internal)]` keeps a handler from clients: only other components call it, see [`calls`].
///
/// A handler takes `&self` or `&mut self`, and then, in any order, at most one each of:
///
/// - `&Session`: the session that sent the message, or that a component [calls] on behalf of;
/// - the payload: any type that the app's serializer reads, or `Bytes` for the body as it came (a short one shares up to 512
///   bytes of memory with its neighbours: copy what is kept for long);
/// - [`Reply<T>`](Reply), to answer later;
/// - [`&Context<Self>`](Context);
///
/// and any number of [`Data<T>`](Data), the session's stored values.
///
/// It is `fn` or `async fn`, and returns nothing, the reply `T`, `Result<()>` or `Result<T>`, with any
/// error that converts into [`Error`]. With a `Reply<T>` it returns nothing or `Result<()>`.
///
/// A handler with `&mut self` runs alone on its component, one with `&self` beside other `&self` calls, also while it
/// awaits. A handler that awaits a [`Handle::call`] of its own component would wait for itself, and gets an error instead:
/// use `self` there.
///
/// # Hooks and timers
///
/// - `#[on(init)]`, `#[on(after_init)]`, `#[on(drain)]`, `#[on(before_shutdown)]`, `#[on(shutdown)]`: see
///   [`component::Lifecycle`].
/// - `#[on(handshake)]`: takes [`Handshake<T>`](Handshake), the announcement of a client, and returns the `user` that the
///   client receives, or the error that refuses it: see [`handshake`].
/// - `#[on(session_opened)]`, `#[on(session_bound)]`, `#[on(session_lost)]`, `#[on(session_resumed)]`,
///   `#[on(session_closed)]`: see [`component::SessionEvent`].
/// - `#[on(node_joined)]`, `#[on(node_left)]`, with a parameter `&Node`: see [`component::NodeEvent`].
/// - `#[on(room_lost)]`, with a parameter [`LostRoom`]: a session's room was on a node that is lost, see [`nodes`].
/// - `#[on(enter)]`, `#[on(leave)]`, `#[on(close)]`, in place of these for rooms: see [`rooms`].
/// - `#[every("60s")]`: a timer; `ms`, `s`, `m` and `h` are the units.
/// - `#[cron("0 4 * * *")]`, with the feature `cron`: a timer by times of the day, as `Context::cron` describes them.
///
/// All may take `&Context<Self>`, may be `async`, and return nothing or `Result<()>`. The hook of the handshake and those of
/// sessions may take `&Session`.
///
/// # Parts
///
/// The methods of a component may stand in several impl blocks, and in several files. The main block lists the
/// others, and each of those says which one it is:
///
/// ```
/// use nano::component;
///
/// #[derive(Default)]
/// struct Room { said: u32 }
///
/// #[component(parts(chat))] // routes: room.join, room.say
/// impl Room {
///     #[handler]
///     fn join(&self) {}
/// }
///
/// mod chat {
///     use super::{Room, RoomClient}; // RoomClient is given the methods of this part, too
///
///     #[nano::component(part = "chat")]
///     impl Room {
///         #[handler]
///         fn say(&mut self, text: String) {
///             self.said += 1;
///         }
///     }
/// }
/// # fn main() {}
/// ```
///
/// A part that is not listed, or listed and not there, is a compile error. If the main block has a `name` or
/// `rename_all`, its parts are given the same. A method of any block that takes `&mut self` runs alone on all
/// of the component.
///
/// # Expansion
///
/// The impl block without the attributes, an implementation of [`Component`] ([`component::Definition`] shows
/// one), and a typed caller named after the type: `RoomClient` for `Room`, for bots, tests and other
/// programs. There is none for a generic component; handlers named `new` or `clone` become `new_` and
/// `clone_` there.
///
/// `RoomClient::new(&client)` calls through a [`Caller`], such as the Rust client of the feature `client`; its
/// methods have the handlers' names and take the payload by reference. They send a request and wait for the
/// reply, which is empty when the handler returns `Result<()>`. For a handler that returns nothing and takes no
/// [`Reply`], or is marked `#[handler(notify)]`, they send a notify, and succeed as soon as it is sent. The
/// documentation of the module `client` shows a bot. Components call one another through the same typed callers: see
/// [`calls`].
///
/// # Examples
///
/// ```
/// use nano::{component, Context, Error, Reply, Result, Session};
///
/// #[derive(Default)]
/// struct Counter { value: i64 }
///
/// #[component(rename_all = "PascalCase")] // routes: Counter.Add, Counter.Slowly, Counter.total
/// impl Counter {
///     /// Adds to the value and answers with the sum.
///     #[handler]
///     fn add(&mut self, amount: i64) -> Result<i64> {
///         self.value = self
///             .value
///             .checked_add(amount)
///             .ok_or_else(|| Error::reject("too_much", "the value would overflow"))?;
///         Ok(self.value)
///     }
///
///     #[handler]
///     fn slowly(&self, reply: Reply<i64>, ctx: &Context<Self>) {
///         let handle = ctx.handle();
///         tokio::spawn(async move {
///             match handle.call(|counter| counter.value).await {
///                 Ok(value) => reply.send(value),
///                 Err(error) => reply.fail(error),
///             }
///         });
///     }
///
///     #[handler(name = "total", concurrent)]
///     async fn read(&self) -> i64 {
///         self.value
///     }
///
///     #[on(session_opened)]
///     fn welcome(&self, session: &Session) -> Result<()> {
///         session.push("onWelcome", &self.value)
///     }
///
///     #[every("500ms")]
///     fn decay(&mut self) {
///         self.value /= 2;
///     }
/// }
/// ```
pub use nano_macros::component;

/// Marks a timer in a [`#[component]`](macro@component) block: `#[cron("0 4 * * *")]`. Needs the feature `cron`.
#[cfg(feature = "cron")]
pub use nano_macros::cron;

/// Marks a timer in a [`#[component]`](macro@component) block: `#[every("60s")]`.
pub use nano_macros::every;

/// Marks a handler in a [`#[component]`](macro@component) block.
pub use nano_macros::handler;

/// Marks a hook in a [`#[component]`](macro@component) block: `#[on(session_closed)]`.
pub use nano_macros::on;

/// Turns a trait into a set of typed pushes: a struct of the trait's name, which sends the events to sessions and
/// groups, and receives them in a Rust client.
///
/// The methods are written without `self` and take the message by value, or nothing. Their route is their
/// name, or `#[push(name = "..")]`; a push keeps the name its client knows, so no component's name is put in
/// front. Options of the trait: `rename_all = ".."` and `crate = path`.
///
/// `#[push(class = ..)]` is the treatment of a push while its client reads more slowly than it is sent to: `reliable`
/// (the default) arrives; `latest` replaces the one that waits, with `key = "id"` the one whose field `id` is equal;
/// `lossy` may be dropped. [`limits`] compares them.
///
/// For a trait `RoomPush` with `fn message(msg: ChatMessage);`:
///
/// - `RoomPush::to(&group).message(&msg)` sends to a [`Group`], a [`Session`], or a part of a group ([`PushTarget`]), and
///   returns `Result<()>`. Nothing but the events can be called on `RoomPush::to(..)`: they may have any name.
/// - `RoomPush::on(&client).message(|msg| ..)` calls a closure with each message that a Rust client
///   ([`PushSource`]) receives from now on. Messages then derive `Deserialize` as well.
/// - `App::push(RoomPush)` adds the events to the dictionary: see [`App::push`].
///
/// # Examples
///
/// ```
/// use nano::{push, App, Group, Result, Session};
///
/// #[push]
/// trait Scoring {
///     /// The score has changed.
///     #[push(name = "onScore")]
///     fn score(points: u32);
///     fn game_over();
/// }
///
/// fn finish(player: &Session, everybody: &Group) -> Result<()> {
///     Scoring::to(player).score(&100)?;
///     Scoring::to(&everybody.except(player)).score(&0)?;
///     Scoring::to(everybody).game_over()
/// }
///
/// let app = App::new().push(Scoring);
/// ```
pub use nano_macros::push;
