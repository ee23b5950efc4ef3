//! The limits of an app, and what becomes of clients that reach them.
//!
//! `docs/limits.md` lists all of them; a test fails when one is missing there.

use std::time::Duration;

use super::App;
use crate::{OverRate, SlowConsumers};

/// The limits of an app: [`limits`](crate::limits) lists them with their reasons.
impl App {
    /// Sets the number of clients that may be connected: 100,000 by default. Further ones are told that the server is
    /// full, and disconnected.
    pub fn max_sessions(mut self, sessions: usize) -> Self {
        self.config.max_sessions = sessions;
        self
    }

    /// Sets the number of clients of one address that may be connected: 50,000 by default. Further ones are told that
    /// the server is full, and disconnected. An IPv6 network of 64 bits counts as one address.
    ///
    /// Behind a proxy all clients have its address, unless the proxy tells theirs: see [`proxies`](crate::proxies). The
    /// players of a school, a café or a mobile network often share an address, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::App;
    ///
    /// let app = App::new().max_sessions(5_000).max_sessions_per_address(50);
    /// ```
    pub fn max_sessions_per_address(mut self, sessions: usize) -> Self {
        self.config.max_sessions_per_address = sessions;
        self
    }

    /// Sets the number of clients that may be connected without a complete handshake: 20,000 by default.
    /// Further ones are told that the server is full, and disconnected.
    pub fn max_handshakes(mut self, clients: usize) -> Self {
        self.config.max_handshakes = clients;
        self
    }

    /// Sets the number of clients of one address that may be connected without a complete handshake: 10,000 by
    /// default. An IPv6 network of 64 bits counts as one address.
    /// Behind a proxy all clients have its address, unless the proxy tells theirs: see
    /// [`ProxyProtocol`](crate::ProxyProtocol) and
    /// [`WebSocket::trust_forwarded_for`](crate::WebSocket::trust_forwarded_for).
    pub fn max_handshakes_per_address(mut self, clients: usize) -> Self {
        self.config.max_handshakes_per_address = clients;
        self
    }

    /// Sets the time that a client has from connecting to the end of the handshake: 10 s by default.
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.config.handshake_timeout = timeout;
        self
    }

    /// Sets the time that a handler, a session's hook or a [`Reply`](crate::Reply) may take: 30 s by default. After it
    /// the request is answered with the error `timeout`; a hook is dropped, and the next one runs.
    pub fn handler_timeout(mut self, timeout: Duration) -> Self {
        self.config.handler_timeout = timeout;
        self
    }

    /// Sets the largest packet body in bytes, in both directions and after inflating: 64 KiB by default.
    pub fn packet_limit(mut self, bytes: usize) -> Self {
        self.config.packet_limit = bytes;
        self
    }

    /// Sets the number of packets that one client may send a second: 10,000 by default, `None` for any number. Heartbeats
    /// count, and so do WebSocket frames without a part of a packet, such as pings.
    ///
    /// A client that is faster is read more slowly, or disconnected: see [`App::over_rate`]. One that was silent may
    /// send what two seconds allow for at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, OverRate};
    ///
    /// // Clients of this game send an input in each frame, and a chat line now and then.
    /// let app = App::new().packet_rate(200).byte_rate(64 * 1024).over_rate(OverRate::Close);
    /// // Two servers that multiplex their players on one connection have no such limit.
    /// let app = App::new().packet_rate(None).byte_rate(None);
    /// ```
    pub fn packet_rate(mut self, packets: impl Into<Option<u32>>) -> Self {
        self.config.rates.packets = packets.into();
        self
    }

    /// Sets the number of bytes that one client may send a second, in packets: 8 MiB by default, `None` for any number.
    /// See [`App::packet_rate`].
    pub fn byte_rate(mut self, bytes: impl Into<Option<u32>>) -> Self {
        self.config.rates.bytes = bytes.into();
        self
    }

    /// Sets the treatment of a client that exceeds [`App::packet_rate`] or [`App::byte_rate`]:
    /// [`OverRate::Wait`] by default.
    pub fn over_rate(mut self, policy: OverRate) -> Self {
        self.config.rates.over = policy;
        self
    }

    /// Sets the number of bytes that may wait for one client: 1 MiB by default. What becomes of a client that lets more
    /// pile up is set by [`App::slow_consumers`].
    pub fn outbound_limit(mut self, bytes: usize) -> Self {
        self.config.outbound_limit = bytes;
        self
    }

    /// Sets the treatment of a client for which more waits than [`App::outbound_limit`], because it reads too slowly:
    /// [`SlowConsumers::Disconnect`] by default. The class of a push, such as `#[push(class = latest)]`, comes first:
    /// see [`limits`](crate::limits).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, SlowConsumers};
    ///
    /// // Spectators on bad lines miss some of the game rather than to lose the connection.
    /// let app = App::new().outbound_limit(256 * 1024).slow_consumers(SlowConsumers::DropOldest);
    /// ```
    pub fn slow_consumers(mut self, policy: SlowConsumers) -> Self {
        self.config.slow_consumers = policy;
        self
    }

    /// Sets the time in which a client has to accept what is written to it (up to 64 KiB at a time): 10 s by
    /// default. A client that takes longer is disconnected.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.config.write_timeout = timeout;
        self
    }
}
