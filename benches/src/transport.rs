//! The transports that a scenario can use.

use std::fmt;

use clap::ValueEnum;

/// The carrier of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Transport {
    /// Packets straight on TCP.
    Tcp,
    /// Packets in the binary frames of a WebSocket.
    Ws,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "TCP",
            Self::Ws => "WebSocket",
        })
    }
}
