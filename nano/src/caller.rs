//! The client that generated code works with, whichever it is: what typed callers such as `RoomClient`
//! send their requests through, and what pushes are heard from.

use std::future::Future;

use bytes::{Bytes, BytesMut};

use crate::serializer::{Decode, Encode, Serializer};
use crate::{Error, ErrorKind, Result};

/// Something that sends requests and notifies to the handlers of a server: the Rust client
/// ([`client::Client`](crate::client::Client)), or what a test puts in its place.
///
/// `#[component]` writes a typed caller over it, such as `RoomClient` for `Room`.
///
/// # Examples
///
/// A stand-in that answers every request with the same body:
///
/// ```
/// use nano::{Bytes, Caller, Json, Result, component};
///
/// struct Math;
///
/// #[component]
/// impl Math {
///     #[handler]
///     fn add(&self, numbers: (i64, i64)) -> i64 {
///         numbers.0 + numbers.1
///     }
/// }
///
/// #[derive(Clone)]
/// struct Always(&'static str);
///
/// impl Caller for Always {
///     type Serializer = Json;
///
///     fn serializer(&self) -> &Json {
///         &Json
///     }
///
///     async fn request_bytes(&self, _route: &str, _body: Bytes) -> Result<Bytes> {
///         Ok(Bytes::from_static(self.0.as_bytes()))
///     }
///
///     async fn notify_bytes(&self, _route: &str, _body: Bytes) -> Result<()> {
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// assert_eq!(MathClient::new(&Always("7")).add(&(3, 4)).await?, 7);
/// # Ok(())
/// # }
/// ```
pub trait Caller: Send + Sync {
    /// What payloads are written and replies are read with.
    type Serializer: Serializer;

    /// The serializer.
    fn serializer(&self) -> &Self::Serializer;

    /// Sends a request with a body that is encoded already, and leaves its reply undecoded.
    fn request_bytes(&self, route: &str, body: Bytes)
    -> impl Future<Output = Result<Bytes>> + Send;

    /// Sends a message that has no reply, with a body that is encoded already.
    fn notify_bytes(&self, route: &str, body: Bytes) -> impl Future<Output = Result<()>> + Send;

    /// Sends a request and waits for its reply.
    fn request<Req, Res>(
        &self,
        route: &str,
        request: &Req,
    ) -> impl Future<Output = Result<Res>> + Send
    where
        Self::Serializer: Encode<Req> + Decode<Res>,
    {
        // Encoded at once, so that the future holds bytes and no reference to the value.
        let body = body(self.serializer(), request);
        async move { decode(self.serializer(), &self.request_bytes(route, body?).await?) }
    }

    /// Sends a request and waits for its reply, which is left undecoded.
    fn request_with<Req>(
        &self,
        route: &str,
        request: &Req,
    ) -> impl Future<Output = Result<Bytes>> + Send
    where
        Self::Serializer: Encode<Req>,
    {
        let body = body(self.serializer(), request);
        async move { self.request_bytes(route, body?).await }
    }

    /// Sends a request with a body that is encoded already, and decodes its reply.
    fn request_bytes_as<Res>(
        &self,
        route: &str,
        body: Bytes,
    ) -> impl Future<Output = Result<Res>> + Send
    where
        Self::Serializer: Decode<Res>,
    {
        async move { decode(self.serializer(), &self.request_bytes(route, body).await?) }
    }

    /// Sends a message that has no reply.
    fn notify<T>(&self, route: &str, message: &T) -> impl Future<Output = Result<()>> + Send
    where
        Self::Serializer: Encode<T>,
    {
        let body = body(self.serializer(), message);
        async move { self.notify_bytes(route, body?).await }
    }
}

/// Something that hears pushes: the Rust client ([`client::Client`](crate::client::Client)), and its
/// builder for those that may come right after the handshake.
///
/// A [`#[push]`](macro@crate::push) trait listens to it: `RoomPush::on(&client).message(|message| ..)`.
pub trait PushSource {
    /// What messages are read with.
    type Serializer: Serializer;

    /// Calls `handler` with every push to `route` from now on.
    fn on<T: 'static>(&self, route: &str, handler: impl FnMut(T) + Send + 'static)
    where
        Self::Serializer: Decode<T>;

    /// Calls `handler` with the undecoded body of every push to `route` from now on.
    fn on_bytes(&self, route: &str, handler: impl FnMut(Bytes) + Send + 'static);
}

fn body<S: Encode<T>, T>(serializer: &S, value: &T) -> Result<Bytes> {
    let mut out = BytesMut::new();
    encode(serializer, value, &mut out)?;
    Ok(out.freeze())
}

/// Appends a payload.
pub(crate) fn encode<S: Encode<T>, T>(serializer: &S, value: &T, out: &mut BytesMut) -> Result<()> {
    serializer.encode(S::value(value), out).map_err(|source| {
        Error::with_source(ErrorKind::Encode, "payload could not be encoded", source)
    })
}

/// Reads a reply.
pub(crate) fn decode<S: Decode<T>, T>(serializer: &S, body: &Bytes) -> Result<T> {
    let decoder = S::decoder();
    let read = match decoder.read(body, serializer) {
        // Clients that announce nothing receive `{}` from a handler without a value, as pomelo's clients need it.
        Err(_) if size_of::<T>() == 0 && serializer.is_json() && &body[..] == b"{}" => {
            decoder.read(b"null", serializer)
        }
        read => read,
    };
    read.map_err(|source| {
        let text = format!("reply of {} bytes could not be decoded", body.len());
        Error::with_source(ErrorKind::Decode, text, source)
    })
}
