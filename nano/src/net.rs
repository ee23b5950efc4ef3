//! Connections: from a stream to the session's dispatch and back, one task each.

mod batch;
mod buffers;
mod close_code;
mod deadline;
mod local;
mod pump;
mod service;
mod settings;
mod transport;
mod websocket;

pub(crate) use settings::{Net, Outbound, Rates, Settings};
pub use settings::{OverRate, SlowConsumers};
