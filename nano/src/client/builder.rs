//! The settings of a client that is yet to connect, and the connecting itself.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use tokio_tungstenite::client_async_with_config;

use crate::codec::PacketKind;
use crate::codec::packet::{HEADER_LEN, MAX_BODY_LEN};
use crate::serializer::{Decode, Json, Serializer};
use crate::{Error, ErrorKind, PushSource, Result};

use super::connection::{Connection, Shared};
use super::dialect::{Announcement, Dialect};
use super::handlers::Handlers;
use super::handshake;
use super::io::Io;
use super::pending::Pending;
use super::pipeline::{Pipeline, Planned};
use super::queue::queue;
#[cfg(feature = "tls")]
use super::tls::{self, Trust};
use super::transport::{Framed, Transport, WebSocket, websocket_config};
use super::url::{Address, Scheme};
use super::{Client, Inner};

/// Settings of a [`Client`] that is yet to connect.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
///
/// use nano::client::Client;
///
/// # async fn run() -> nano::Result<()> {
/// let client = Client::builder()
///     .user(serde_json::json!({ "token": "abc" }))
///     .request_timeout(Duration::from_secs(3))
///     .on::<String>("onWelcome", |text| println!("{text}"))
///     .connect("ws://127.0.0.1:3251/nano")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until it connects"]
pub struct ClientBuilder<S> {
    serializer: Arc<S>,
    announcement: Announcement,
    user: Option<Value>,
    pipeline: Planned,
    handlers: Handlers,
    handshake_timeout: Duration,
    request_timeout: Duration,
    packet_limit: usize,
    #[cfg(feature = "tls")]
    trust: Trust,
}

impl<S> fmt::Debug for ClientBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The user data of the handshake may be a secret.
        f.debug_struct("ClientBuilder")
            .field("announcement", &self.announcement)
            .field("handlers", &self.handlers)
            .field("handshake_timeout", &self.handshake_timeout)
            .field("request_timeout", &self.request_timeout)
            .field("packet_limit", &self.packet_limit)
            .finish_non_exhaustive()
    }
}

impl Client<Json> {
    /// Connects to `url` with the settings that fit most servers; see [`ClientBuilder::connect`].
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::connect`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run() -> nano::Result<()> {
    /// let client = nano::client::Client::connect("tcp://127.0.0.1:3250").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(url: &str) -> Result<Self> {
        Self::builder().connect(url).await
    }

    /// Starts a client with other settings.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use nano::client::Client;
    /// use nano::serializer::Protobuf;
    ///
    /// # async fn run() -> nano::Result<()> {
    /// let client = Client::builder().serializer(Protobuf).connect("tcp://127.0.0.1:3250").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> ClientBuilder<Json> {
        ClientBuilder::new(Json)
    }
}

impl<S: Serializer> ClientBuilder<S> {
    pub(super) fn new(serializer: S) -> Self {
        Self {
            serializer: Arc::new(serializer),
            announcement: Announcement::default(),
            user: None,
            pipeline: Planned::default(),
            handlers: Handlers::default(),
            handshake_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            packet_limit: 64 * 1024,
            #[cfg(feature = "tls")]
            trust: Trust::default(),
        }
    }

    /// Writes and reads payloads with `serializer`; [`Json`](crate::serializer::Json) by default.
    ///
    /// Handlers that were added before keep the serializer they were added with.
    pub fn serializer<S2: Serializer>(self, serializer: S2) -> ClientBuilder<S2> {
        ClientBuilder {
            serializer: Arc::new(serializer),
            announcement: self.announcement,
            user: self.user,
            pipeline: self.pipeline,
            handlers: self.handlers,
            handshake_timeout: self.handshake_timeout,
            request_timeout: self.request_timeout,
            packet_limit: self.packet_limit,
            #[cfg(feature = "tls")]
            trust: self.trust,
        }
    }

    /// Sends `user` along with the handshake, for the server's handshake hook.
    pub fn user(mut self, user: Value) -> Self {
        self.user = Some(user);
        self
    }

    /// Takes the bodies of all messages through the [`Pipeline`] that `open` makes of the `user` in the server's answer
    /// to the handshake.
    pub fn pipeline<P: Pipeline>(
        mut self,
        open: impl FnOnce(&Value) -> Result<P> + Send + 'static,
    ) -> Self {
        self.pipeline = Planned::new(open);
        self
    }

    /// Poses as a client of another framework.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.announcement.dialect = dialect;
        self
    }

    /// Announces this type of client (`sys.type`; the platform in pitaya's dialect).
    pub fn client_type(mut self, client_type: impl Into<String>) -> Self {
        self.announcement.client_type = Some(client_type.into());
        self
    }

    /// Announces this version of the client; the version of this crate by default.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.announcement.version = Some(version.into());
        self
    }

    /// Announces these features instead of all that this client has (`errors`, `zlib`).
    pub fn features<F: Into<String>>(mut self, features: impl IntoIterator<Item = F>) -> Self {
        self.announcement.features = features.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the time that connecting may take, handshake included; 10 seconds by default.
    pub fn handshake_timeout(mut self, limit: Duration) -> Self {
        self.handshake_timeout = limit;
        self
    }

    /// Sets the time that a request may wait for its reply, and a notify for its turn; 10 seconds by default.
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.request_timeout = limit;
        self
    }

    /// Sets the largest packet body in bytes, in both directions and after inflating; 64 KiB by default, as on
    /// servers.
    pub fn packet_limit(mut self, limit: usize) -> Self {
        self.packet_limit = limit.min(MAX_BODY_LEN);
        self
    }

    /// Trusts the certificates of servers that these roots have signed, in the form of PEM, and no others; by default
    /// those that the system's roots have signed. Text that has no certificate is an error of
    /// [`connect`](Self::connect).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let root = std::fs::read("ca.pem")?;
    /// let client = nano::client::Client::builder()
    ///     .root_certificates(root)
    ///     .connect("tls://localhost:3250")
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tls")]
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.trust = Trust::Own(pem.as_ref().into());
        self
    }

    /// Calls `handler` with every push to `route`, from the first one on; see [`Client::on`].
    pub fn on<T>(self, route: &str, handler: impl FnMut(T) + Send + 'static) -> Self
    where
        S: Decode<T>,
        T: 'static,
    {
        self.handlers.add_typed(route, &self.serializer, handler);
        self
    }

    /// Calls `handler` with the undecoded body of every push to `route`, from the first one on.
    pub fn on_bytes(self, route: &str, handler: impl FnMut(Bytes) + Send + 'static) -> Self {
        self.handlers.add(route, handler);
        self
    }

    /// Connects to `tcp://host:port` or `ws://host:port/path`; with the feature `tls` also to `tls://host:port` or
    /// `wss://host/path`, with a check of the server's certificate.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Config`] for a URL of another form, and when the server names another serializer
    /// - [`ErrorKind::Io`] when the server cannot be reached, is no WebSocket server, or has no certificate that can be
    ///   trusted
    /// - [`ErrorKind::Timeout`] when the server does not answer in time
    /// - [`ErrorKind::Rejected`] when the server refuses the handshake, which is final: the code and the text are those
    ///   that its `#[on(handshake)]` hook gave, or `client_too_old`, `kicked`, or the number of a server that gives none
    /// - the error of [`pipeline`](Self::pipeline)
    /// - [`ErrorKind::Protocol`] when what answers is no server of this kind
    /// - [`ErrorKind::Closed`] when the server closes the connection, sends the client away for a while, or fails to
    ///   decide on the handshake
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run() -> nano::Result<()> {
    /// let client = nano::client::Client::builder().connect("tcp://127.0.0.1:3250").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(self, url: &str) -> Result<Client<S>> {
        let address = Address::parse(url)?;
        let limit = self.handshake_timeout;
        in_time(limit, async move {
            let io = TcpStream::connect((address.host.as_str(), address.port)).await?;
            io.set_nodelay(true)?;
            #[cfg(feature = "tls")]
            if address.is_secure {
                let is_http = address.scheme == Scheme::WebSocket;
                let io = tls::connect(io, &address.host, is_http, &self.trust).await?;
                return self.open_as(address.scheme, url, io).await;
            }
            self.open_as(address.scheme, url, io).await
        })
        .await
    }

    /// Talks to a server over a byte stream, in the framing that a URL asks for.
    async fn open_as<I>(self, scheme: Scheme, url: &str, io: I) -> Result<Client<S>>
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        match scheme {
            Scheme::Tcp => self.open(Framed(io)).await,
            Scheme::WebSocket => {
                let config = websocket_config(self.packet_limit + HEADER_LEN);
                let upgrade = client_async_with_config(url, io, Some(config));
                let (io, _) = Box::pin(upgrade).await.map_err(|source| {
                    Error::with_source(ErrorKind::Io, "websocket was not opened", source)
                })?;
                self.open(WebSocket(io)).await
            }
        }
    }

    /// Talks to a server over a byte stream that is connected already.
    ///
    /// # Errors
    ///
    /// Those of [`connect`](Self::connect) that concern the handshake.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run() -> nano::Result<()> {
    /// let (near, far) = tokio::io::duplex(4096);
    /// let client = nano::client::Client::builder().over(near).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn over<I>(self, io: I) -> Result<Client<S>>
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        in_time(self.handshake_timeout, self.open(Framed(io))).await
    }

    async fn open<T: Transport>(self, transport: T) -> Result<Client<S>> {
        let limit = self.packet_limit;
        let mut io = Io::new(transport, limit);
        let handshake = handshake::handshake(&mut io, &self.request()).await?;
        handshake.check_serializer(self.serializer.name())?;
        let pipeline = self.pipeline.open(&handshake.reply)?;
        io.send(PacketKind::HandshakeAck, &[])?;
        let (queue, end) = queue();
        let shared = Arc::new(Shared {
            handshake,
            pipeline,
            pending: Pending::default(),
            handlers: self.handlers,
            ended: watch::Sender::new(None),
            close: Notify::new(),
        });
        tokio::spawn(Connection::new(io, end, shared.clone(), limit).run());
        Ok(Client(Arc::new(Inner {
            serializer: self.serializer,
            queue,
            shared,
            request_timeout: self.request_timeout,
            packet_limit: limit,
            flags_errors: self.announcement.flags_errors(),
        })))
    }

    fn request(&self) -> Value {
        let mut request = json!({ "sys": self.announcement.sys() });
        if let Some(user) = &self.user {
            request["user"] = user.clone();
        }
        request
    }
}

/// Receives pushes from the first one on, which may come right after the handshake.
impl<S: Serializer> PushSource for ClientBuilder<S> {
    type Serializer = S;

    fn on<T: 'static>(&self, route: &str, handler: impl FnMut(T) + Send + 'static)
    where
        S: Decode<T>,
    {
        self.handlers.add_typed(route, &self.serializer, handler);
    }

    fn on_bytes(&self, route: &str, handler: impl FnMut(Bytes) + Send + 'static) {
        self.handlers.add(route, handler);
    }
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| {
        let text = format!("server did not answer the handshake within {limit:?}");
        Err(Error::new(ErrorKind::Timeout, text))
    })
}
