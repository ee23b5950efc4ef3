//! A game-server framework: a component is a struct, a handler is a method, a client calls
//! `room.join`.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[path = "private.rs"]
#[doc(hidden)]
pub mod __private;
mod app;
#[cfg(feature = "axum")]
mod axum;
pub mod codec;
pub mod component;
mod error;
mod group;
mod net;
mod panics;
mod proto;
mod push;
mod reply;
mod routes;
pub mod serializer;
mod session;
mod timer;

pub use app::{App, Server, UnflaggedErrors};
pub use component::{Component, Context, Handle};
pub use error::{Error, ErrorKind, Result};
pub use group::{Filtered, Group};
pub use nano_macros::{component, every, handler, on, push};
pub use net::{Listener, Tcp, WebSocket};
pub use push::{PushEvent, PushSet, PushTarget};
pub use reply::Reply;
pub use routes::Dictionary;
pub use serializer::{Json, Protobuf, Serializer};
pub use session::{CloseReason, Session, SessionId, Uid};
pub use timer::Timer;
