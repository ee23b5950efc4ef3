//! Connections: from a stream to the session's dispatch and back, one task each.

mod batch;
mod buffers;
mod close_code;
#[cfg(feature = "kcp")]
mod endless;
mod local;
mod pump;
mod resume;
mod service;
mod settings;
mod shared;
mod transport;
mod websocket;
#[cfg(feature = "webtransport")]
mod webtransport;

pub use resume::Resume;
pub(crate) use settings::{Outbound, Rates, Settings};
pub use settings::{OverRate, SlowConsumers};
pub(crate) use shared::Net;
