//! The ways of a client to its server.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::client::connection::{Connection, Shared};
use crate::client::dial::{self, Dial, Target};
use crate::client::handshake;
use crate::client::io::Io;
use crate::client::pending::Pending;
use crate::client::queue::queue;
use crate::client::resume::Resume;
use crate::client::transport::{Framed, Transport};
use crate::client::url::{Address, Scheme};
use crate::client::{Client, ClientBuilder, Inner};
use crate::codec::PacketKind;
use crate::codec::packet::HEADER_LEN;
use crate::serializer::Serializer;
use crate::{Error, ErrorKind, Result};

impl<S: Serializer> ClientBuilder<S> {
    /// Connects to `tcp://host:port` or `ws://host:port/path`; with the feature `tls` also to `tls://host:port` or
    /// `wss://host/path`, with a check of the server's certificate; with the feature `kcp` also to `kcp://host:port`.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Config`] for a URL or a [`traceparent`](Self::traceparent) of another form, and when the server names another serializer
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
        let target = Arc::new(Target {
            address: Address::parse(url)?,
            url: url.into(),
            limit: self.packet_limit + HEADER_LEN,
            #[cfg(feature = "tls")]
            trust: self.trust.clone(),
            #[cfg(feature = "kcp")]
            kcp: self.kcp,
        });
        in_time(self.handshake_timeout, async move {
            #[cfg(feature = "kcp")]
            if target.address.scheme == Scheme::Kcp {
                self.kcp.check().map_err(|problem| Error::new(ErrorKind::Config, problem))?;
                return self.open(move || dial::kcp(target.clone()), true).await;
            }
            #[cfg(feature = "tls")]
            if target.address.is_secure {
                return self.open_at(target, dial::secure).await;
            }
            self.open_at(target, dial::plain).await
        })
        .await
    }

    /// Talks to a server over the byte streams of `connect`, in the framing that the URL asks for.
    async fn open_at<I, F>(
        self,
        target: Arc<Target>,
        connect: impl Fn(Arc<Target>) -> F + Send + 'static,
    ) -> Result<Client<S>>
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        F: Future<Output = Result<I>> + Send + 'static,
    {
        if target.address.scheme == Scheme::WebSocket {
            let dial = move || {
                let (target, connecting) = (target.clone(), connect(target.clone()));
                async move { dial::websocket(&target, connecting.await?).await }
            };
            return self.open(dial, true).await;
        }
        let dial = move || {
            let connecting = connect(target.clone());
            async move { Ok(Framed::new(connecting.await?)) }
        };
        self.open(dial, true).await
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
        let mut io = Some(Framed::new(io));
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
            async move { Ok(Framed::new(connecting.await?)) }
        };
        in_time(self.handshake_timeout, self.open(dial, true)).await
    }

    async fn open<T, D, F>(mut self, mut dial: D, can_return: bool) -> Result<Client<S>>
    where
        T: Transport,
        D: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.announcement.check()?;
        if !can_return {
            self.announcement.forget_resume();
        }
        let limit = self.packet_limit;
        let mut io = Io::new(dial().await?, limit);
        let request = self.request();
        let handshake = handshake::handshake(&mut io, &request).await?;
        handshake.check_serializer(self.serializer.name())?;
        let pipeline = self.pipeline.open(&handshake.reply)?;
        io.send(PacketKind::HandshakeAck, &[])?;
        let dial: Dial<T> = Box::new(move || Box::pin(dial()));
        let offer = handshake.resume.clone().filter(|_| can_return);
        let resume = offer.map(|offer| Resume::new(offer, dial, request, self.handshake_timeout));
        let (queue, end) = queue();
        let shared = Arc::new(Shared {
            handshake,
            pipeline,
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

async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| {
        let text = format!("server did not answer the handshake within {limit:?}");
        Err(Error::new(ErrorKind::Timeout, text))
    })
}
