//! Requests and notifies.

use std::future::Future;

use bytes::{Bytes, BytesMut};
use tokio::time::timeout;

use crate::caller::{Caller, decode, encode};
use crate::codec::Route;
use crate::serializer::{Decode, Encode, Serializer};
use crate::{Error, ErrorKind, OutboundKind, Result};

use super::connection::Shared;
use super::pending::Reply;
use super::{Client, CloseReason, error_body, packet};

impl<S: Serializer> Client<S> {
    /// Sends a request and waits for its reply.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Rejected`], with the server's code and text, when the server answers with an error
    /// - [`ErrorKind::Timeout`] when the reply does not come in time
    /// - [`ErrorKind::Closed`] when the connection ends first
    /// - [`ErrorKind::Encode`], [`ErrorKind::Decode`] and [`ErrorKind::TooLarge`] for payloads that do not fit
    ///
    /// # Cancel safety
    ///
    /// A request that is dropped may have been sent; its reply is then thrown away.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) -> nano::Result<()> {
    /// let sum: i64 = client.request("math.add", &[1, 2]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn request<Req, Res>(&self, route: &str, request: &Req) -> Result<Res>
    where
        S: Encode<Req> + Decode<Res>,
    {
        let reply = self.send_request(route, |out| encode(self.serializer(), request, out)).await?;
        decode(self.serializer(), &reply)
    }

    /// Sends a request and waits for its reply, which is left undecoded.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) -> nano::Result<()> {
    /// let sum = client.request_with("math.add", &[1, 2]).await?;
    /// assert_eq!(&sum[..], b"3");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn request_with<Req>(&self, route: &str, request: &Req) -> Result<Bytes>
    where
        S: Encode<Req>,
    {
        self.send_request(route, |out| encode(self.serializer(), request, out)).await
    }

    /// Sends a request with a body that is encoded already, and decodes its reply.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) -> nano::Result<()> {
    /// let sum: i64 = client.request_bytes_as("math.add", b"[1,2]".as_slice().into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn request_bytes_as<Res>(&self, route: &str, body: Bytes) -> Result<Res>
    where
        S: Decode<Res>,
    {
        decode(self.serializer(), &self.request_bytes(route, body).await?)
    }

    /// Sends a request with a body that is encoded already, and leaves its reply undecoded.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) -> nano::Result<()> {
    /// let sum = client.request_bytes("math.add", b"[1,2]".as_slice().into()).await?;
    /// assert_eq!(&sum[..], b"3");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn request_bytes(&self, route: &str, body: Bytes) -> Result<Bytes> {
        self.send_request(route, |out| {
            out.extend_from_slice(&body);
            Ok(())
        })
        .await
    }

    /// Sends a message that has no reply; waits while too much is on its way already.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Timeout`] when the server does not take what is on its way
    /// - [`ErrorKind::Closed`] when the connection has ended
    /// - [`ErrorKind::Encode`] and [`ErrorKind::TooLarge`] for a payload that does not fit
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) -> nano::Result<()> {
    /// client.notify("room.message", &"hello").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn notify<T>(&self, route: &str, message: &T) -> Result<()>
    where
        S: Encode<T>,
    {
        self.send_notify(route, |out| encode(self.serializer(), message, out)).await
    }

    /// Sends a message that has no reply, with a body that is encoded already.
    ///
    /// # Errors
    ///
    /// Those of [`notify`](Self::notify).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(client: nano::client::Client) -> nano::Result<()> {
    /// client.notify_bytes("room.message", b"\"hello\"".as_slice().into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn notify_bytes(&self, route: &str, body: Bytes) -> Result<()> {
        self.send_notify(route, |out| {
            out.extend_from_slice(&body);
            Ok(())
        })
        .await
    }

    async fn send_request(
        &self,
        route: &str,
        body: impl FnOnce(&mut BytesMut) -> Result<()>,
    ) -> Result<Bytes> {
        let ticket = self.0.shared.pending.open();
        let packet = self.packet(ticket.id, route, body)?;
        let reply = self.within(route, async {
            self.push(packet).await?;
            ticket.reply().await.ok_or_else(|| self.ended())
        });
        let Reply { error, body } = reply.await?;
        let kind = if error { OutboundKind::Error } else { OutboundKind::Reply };
        let body = self.0.shared.pipeline.inbound(kind, route, body)?;
        if error {
            return Err(error_body::flagged(&body, &*self.0.serializer));
        }
        if !self.0.flags_errors
            && let Some(error) = error_body::plain(&body, &*self.0.serializer)
        {
            return Err(error);
        }
        Ok(body)
    }

    async fn send_notify(
        &self,
        route: &str,
        body: impl FnOnce(&mut BytesMut) -> Result<()>,
    ) -> Result<()> {
        let packet = self.packet(0, route, body)?;
        self.within(route, self.push(packet)).await
    }
}

impl<S: Serializer> Caller for Client<S> {
    type Serializer = S;

    fn serializer(&self) -> &S {
        &self.0.serializer
    }

    async fn request_bytes(&self, route: &str, body: Bytes) -> Result<Bytes> {
        Client::request_bytes(self, route, body).await
    }

    async fn notify_bytes(&self, route: &str, body: Bytes) -> Result<()> {
        Client::notify_bytes(self, route, body).await
    }
}

impl<S> Client<S> {
    fn packet(
        &self,
        id: u64,
        route: &str,
        body: impl FnOnce(&mut BytesMut) -> Result<()>,
    ) -> Result<Bytes> {
        let Shared { handshake, pipeline, .. } = &*self.0.shared;
        let code = handshake.dictionary.codes.get(route);
        let named = code.map_or(Route::Name(route), |code| Route::Code(*code));
        packet::write(id, named, self.0.packet_limit, |out| {
            let start = out.len();
            body(out)?;
            pipeline.outbound(route, start, out)
        })
    }

    async fn push(&self, packet: Bytes) -> Result<()> {
        self.0.queue.push(packet).await.map_err(|_| self.ended())
    }

    /// Puts the deadline of a request around `work`.
    async fn within<T>(&self, route: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        let limit = self.0.request_timeout;
        timeout(limit, work).await.unwrap_or_else(|_| {
            let text = format!("{route} was not answered within {limit:?}");
            Err(Error::new(ErrorKind::Timeout, text))
        })
    }

    fn ended(&self) -> Error {
        let ended = self.0.shared.ended.borrow();
        let reason = ended.as_ref().map_or(&CloseReason::Closed, |end| &end.reason);
        Error::new(ErrorKind::Closed, format!("connection is closed: {reason}"))
    }
}
