//! The transports that a scenario can use.

use clap::ValueEnum;

/// What carries the packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Transport {
    /// Packets straight on TCP.
    Tcp,
    /// Packets in the binary frames of a WebSocket.
    Ws,
}
