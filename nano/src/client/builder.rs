//! The settings of a client that is yet to connect, and the connecting itself.

use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::codec::PacketKind;
use crate::codec::packet::{HEADER_LEN, MAX_BODY_LEN};
use crate::serializer::{Decode, Json, Serializer};
use crate::{Error, ErrorKind, PushSource, Result};

use super::connection::{Connection, Shared};
use super::dial::{self, Dial};
use super::dialect::{Announcement, Dialect};
use super::handlers::Handlers;
use super::handshake;
use super::io::Io;
use super::pending::Pending;
use super::queue::queue;
use super::resume::Resume;
use super::transport::{Framed, Transport};
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
    handlers: Handlers,
    handshake_timeout: Duration,
    request_timeout: Duration,
    packet_limit: usize,
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
            handlers: Handlers::default(),
            handshake_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            packet_limit: 64 * 1024,
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
            handlers: self.handlers,
            handshake_timeout: self.handshake_timeout,
            request_timeout: self.request_timeout,
            packet_limit: self.packet_limit,
        }
    }

    /// Sends `user` along with the handshake, for the server's handshake hook.
    pub fn user(mut self, user: Value) -> Self {
        self.user = Some(user);
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

    /// Announces these features instead of all that this client has: `errors`, `zlib`, and `resume`.
    ///
    /// With `resume` a client that lost its connection connects again by itself, and goes on in the same session, if the
    /// server lets it: see [`App::resume`](crate::App::resume). Requests that wait are not affected, and what is sent
    /// meanwhile waits.
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

    /// Connects to `tcp://host:port` or `ws://host:port/path`.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Config`] for a URL of another form, and when the server names another serializer
    /// - [`ErrorKind::Io`] when the server cannot be reached, or is no WebSocket server
    /// - [`ErrorKind::Timeout`] when the server does not answer in time
    /// - [`ErrorKind::Rejected`] when the server refuses the handshake, which is final; the code is that of its reply,
    ///   or `kicked`
    /// - [`ErrorKind::Protocol`] when what answers is no server of this kind
    /// - [`ErrorKind::Closed`] when the server closes the connection, or sends the client away for a while
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
            let (address, limit) = (Arc::new(address), self.packet_limit + HEADER_LEN);
            match address.scheme {
                Scheme::Tcp => self.open(move || dial::tcp(address.clone()), true).await,
                Scheme::WebSocket => {
                    let url: Arc<str> = url.into();
                    let dial = move || dial::websocket(url.clone(), address.clone(), limit);
                    self.open(dial, true).await
                }
            }
        })
        .await
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
        let mut io = Some(Framed(io));
        let dial = move || std::future::ready(io.take().ok_or_else(dial::gone));
        in_time(self.handshake_timeout, self.open(dial, false)).await
    }

    /// Talks to a server over byte streams that `connect` opens: the first one, and another one each time the
    /// connection is lost, if the server lets clients come back.
    ///
    /// # Errors
    ///
    /// Those of [`over`](Self::over), and the error of `connect`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(unix)]
    /// # async fn run() -> nano::Result<()> {
    /// use nano::client::Client;
    /// use tokio::net::UnixStream;
    ///
    /// let client = Client::builder().connect_by(|| UnixStream::connect("/run/game.sock")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect_by<I, F>(
        self,
        mut connect: impl FnMut() -> F + Send + 'static,
    ) -> Result<Client<S>>
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        F: Future<Output = io::Result<I>> + Send + 'static,
    {
        let dial = move || {
            let connecting = connect();
            async move { Ok(Framed(connecting.await?)) }
        };
        in_time(self.handshake_timeout, self.open(dial, true)).await
    }

    async fn open<T, D, F>(mut self, mut dial: D, can_return: bool) -> Result<Client<S>>
    where
        T: Transport,
        D: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        if !can_return {
            self.announcement.forget_resume();
        }
        let limit = self.packet_limit;
        let mut io = Io::new(dial().await?, limit);
        let request = self.request();
        let handshake = handshake::handshake(&mut io, &request).await?;
        handshake.check_serializer(self.serializer.name())?;
        io.send(PacketKind::HandshakeAck, &[])?;
        let dial: Dial<T> = Box::new(move || Box::pin(dial()));
        let offer = handshake.resume.clone().filter(|_| can_return);
        let resume = offer.map(|offer| Resume::new(offer, dial, request, self.handshake_timeout));
        let (queue, end) = queue();
        let shared = Arc::new(Shared {
            handshake,
            pending: Pending::default(),
            handlers: self.handlers,
            ended: watch::Sender::new(None),
            close: Notify::new(),
        });
        tokio::spawn(Connection::new(io, end, shared.clone(), limit, resume).run());
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
