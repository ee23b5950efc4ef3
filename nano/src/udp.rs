//! Reliable byte streams over UDP, by the protocol KCP, for listeners and for the Rust client.
//!
//! The protocol itself (`machine` and the parts below it) knows neither sockets nor clocks. An [`Endpoint`] is the task
//! of one socket: it hands datagrams to their conversations, and repeats what was lost. A [`KcpStream`] is the
//! application's side of one conversation.

mod conversation;
mod endpoint;
mod machine;
mod newcomers;
mod options;
mod packing;
#[cfg(feature = "testing")]
mod probe;
mod receiver;
mod recent;
mod round_trip;
mod segment;
mod sender;
mod stream;

#[cfg(feature = "client")]
pub(crate) use endpoint::connect;
pub(crate) use endpoint::{Accepted, Endpoint};
pub use options::KcpOptions;
#[cfg(feature = "testing")]
pub use probe::KcpProbe;
#[expect(unreachable_pub, reason = "it is the stream of `Kcp`, which is public")]
pub use stream::KcpStream;
