//! The settings of a client that is yet to connect.

mod connect;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::codec::packet::MAX_BODY_LEN;
use crate::serializer::{Decode, Json, Serializer};
#[cfg(feature = "kcp")]
use crate::udp::KcpOptions;
use crate::{PushSource, Result};

use super::Client;
use super::dialect::{Announcement, Dialect};
use super::handlers::Handlers;
use super::pipeline::{Pipeline, Planned};
#[cfg(feature = "tls")]
use super::tls::Trust;

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
    #[cfg(feature = "kcp")]
    kcp: KcpOptions,
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
            #[cfg(feature = "kcp")]
            kcp: KcpOptions::new(),
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
            #[cfg(feature = "kcp")]
            kcp: self.kcp,
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

    /// Names the trace that the connection belongs to (`sys.traceparent`): a `traceparent` of
    /// [W3C Trace Context](https://www.w3.org/TR/trace-context/), such as [`TraceParent::as_str`](crate::TraceParent::as_str)
    /// returns. The server's spans carry it: see [`observability`](crate::observability). Another text is an error of
    /// [`connect`](Self::connect).
    pub fn traceparent(mut self, traceparent: impl Into<String>) -> Self {
        self.announcement.traceparent = Some(traceparent.into());
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

    /// Speaks KCP with these settings towards servers at `kcp://`. Those that are not possible are an error of
    /// [`connect`](Self::connect).
    #[cfg(feature = "kcp")]
    pub fn kcp(mut self, options: KcpOptions) -> Self {
        self.kcp = options;
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

    /// Calls `handler` with the route and the undecoded body of every push, as [`Client::on_any`] does, from the first
    /// push on.
    pub fn on_any(self, handler: impl FnMut(&str, Bytes) + Send + 'static) -> Self {
        self.handlers.add_any(handler);
        self
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
