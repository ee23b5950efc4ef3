//! The transports that a load can use.

use std::fmt;

use clap::ValueEnum;

/// The carrier of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Transport {
    /// Packets straight on TCP.
    Tcp,
    /// Packets in the binary frames of a WebSocket.
    Ws,
    /// Packets on TLS.
    Tls,
    /// Packets in the binary frames of a WebSocket on TLS.
    Wss,
    /// Packets on the stream of a conversation over UDP, by KCP.
    Kcp,
}

impl Transport {
    /// Returns `true` if packets stand in the frames of a WebSocket.
    pub fn is_websocket(self) -> bool {
        matches!(self, Self::Ws | Self::Wss)
    }

    /// Returns `true` if there is TLS below.
    pub fn is_encrypted(self) -> bool {
        matches!(self, Self::Tls | Self::Wss)
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "TCP",
            Self::Ws => "WebSocket",
            Self::Tls => "TLS",
            Self::Wss => "WebSocket over TLS",
            Self::Kcp => "KCP",
        })
    }
}
