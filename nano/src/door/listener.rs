//! The sources of an app's connections: listeners, and entrances over them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::task::TaskTracker;

use super::Preamble;
use crate::log::Log;

/// A source of byte streams, for [`App::listen`](crate::App::listen): [`Tcp`](crate::Tcp), or one of the
/// application's own, such as a Unix socket.
///
/// The app calls [`bind`](Listener::bind) when it starts and [`accept`](Listener::accept) from then on until
/// its shutdown, when it drops the listener. Packets follow one another on a stream;
/// [`WebSocket::over`](crate::WebSocket::over) puts a WebSocket on any listener instead.
///
/// # Examples
///
/// ```
/// use std::{io, net::SocketAddr};
/// use nano::{App, Listener};
/// use tokio::io::DuplexStream;
/// use tokio::sync::mpsc;
///
/// /// Takes connections from a channel.
/// struct Memory(mpsc::Receiver<DuplexStream>);
///
/// impl Listener for Memory {
///     type Stream = DuplexStream;
///
///     fn name(&self) -> String {
///         "memory".into()
///     }
///
///     async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
///         match self.0.recv().await {
///             Some(stream) => Ok((stream, None)),
///             None => std::future::pending().await, // nobody connects any more
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> nano::Result<()> {
/// let (connect, connections) = mpsc::channel(8);
/// let server = App::new().listen(Memory(connections)).start().await?;
/// # let (near, far) = tokio::io::duplex(1024);
/// # connect.send(far).await.expect("the app listens");
/// # server.shutdown().await;
/// # Ok(())
/// # }
/// ```
pub trait Listener: Send + 'static {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// Returns the address or the kind of the listener, for the log and for errors.
    fn name(&self) -> String;

    /// The protocol below the packets, for the log: `tcp`. The name by default.
    fn protocol(&self) -> String {
        self.name()
    }

    /// Opens the address, and returns it with the port that the system chose; `None` when it has none
    /// of this kind. Does nothing by default.
    ///
    /// Connections may come from then on, but are accepted only when the components are ready.
    ///
    /// # Errors
    ///
    /// Fails when the address cannot be used. The app then does not start, and reports the error.
    fn bind(&mut self) -> impl Future<Output = io::Result<Option<SocketAddr>>> + Send {
        async { Ok(None) }
    }

    /// Waits for the next connection, and returns it with the address of its peer, if it has one.
    ///
    /// # Errors
    ///
    /// Fails when no connection can be accepted: the app logs the error and tries again after a pause. Errors of
    /// one connection, such as [`ConnectionAborted`](io::ErrorKind::ConnectionAborted), are skipped.
    ///
    /// # Cancel safety
    ///
    /// The future is dropped when the app shuts down, and `accept` is not called again.
    fn accept(
        &mut self,
    ) -> impl Future<Output = io::Result<(Self::Stream, Option<SocketAddr>)>> + Send;
}

/// Something that an app listens on: every [`Listener`], a [`WebSocket`](crate::WebSocket) over one, and a
/// [`ProxyProtocol`](crate::ProxyProtocol) over these.
///
/// This trait is sealed: implement [`Listener`] instead.
pub trait Listen: sealed::Entrance {}

impl<E: sealed::Entrance> Listen for E {}

pub(crate) mod sealed {
    use super::{Arc, AsyncRead, AsyncWrite, Future, Log, Preamble, SocketAddr, TaskTracker, io};

    /// The parts of an app that an entrance may need.
    #[derive(Debug)]
    #[cfg_attr(not(feature = "kcp"), expect(dead_code, reason = "no other entrance needs them"))]
    pub struct Backing {
        pub(crate) log: Arc<Log>,
        /// The tasks that the shutdown waits for: they end once the entrance is dropped.
        pub(crate) tasks: TaskTracker,
    }

    /// A listener and the way in which packets travel on its streams.
    pub trait Entrance: Send + 'static {
        /// A connection.
        type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

        /// Returns the kind of the entrance, for the log.
        fn describe(&self) -> String;

        /// Opens the address; the error is a text for the report of problems.
        fn bind(&mut self) -> impl Future<Output = Result<Option<SocketAddr>, String>> + Send;

        /// Begins to take connections in, right before the first one is waited for.
        fn start(&mut self, backing: &Backing) {
            let _ = backing;
        }

        /// Waits for the next connection.
        fn accept(
            &mut self,
        ) -> impl Future<Output = io::Result<(Self::Stream, Option<SocketAddr>)>> + Send;

        /// Returns what comes before the packets on its streams.
        fn preamble(&self) -> Preamble;
    }
}

impl<L: Listener> sealed::Entrance for L {
    type Stream = L::Stream;

    fn describe(&self) -> String {
        self.protocol()
    }

    async fn bind(&mut self) -> Result<Option<SocketAddr>, String> {
        let bound = Listener::bind(self).await;
        bound.map_err(|error| format!("cannot listen on `{}`: {error}", self.name()))
    }

    async fn accept(&mut self) -> io::Result<(L::Stream, Option<SocketAddr>)> {
        Listener::accept(self).await
    }

    fn preamble(&self) -> Preamble {
        Preamble::default()
    }
}
