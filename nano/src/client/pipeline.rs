//! The changes to the bodies of one connection, such as encryption.

use std::fmt;

use bytes::{Bytes, BytesMut};
use serde_json::Value;

use crate::{Error, OutboundKind, Result, panics};

/// The changes to the bodies of one connection: the counterpart of a server's stages.
///
/// [`ClientBuilder::pipeline`](super::ClientBuilder::pipeline) makes one of the answer to each handshake. See
/// [`pipeline`](crate::pipeline) for an example of encryption.
///
/// # Examples
///
/// ```
/// use nano::client::Pipeline;
/// use nano::{OutboundKind, Result};
///
/// struct Xor(u8);
///
/// impl Pipeline for Xor {
///     fn outbound(&self, _route: &str, body: &mut Vec<u8>) -> Result<()> {
///         body.iter_mut().for_each(|byte| *byte ^= self.0);
///         Ok(())
///     }
///
///     fn inbound(&self, _kind: OutboundKind, _route: &str, body: &mut Vec<u8>) -> Result<()> {
///         body.iter_mut().for_each(|byte| *byte ^= self.0);
///         Ok(())
///     }
/// }
///
/// # async fn run() -> Result<()> {
/// let client = nano::client::Client::builder()
///     .pipeline(|user| Ok(Xor(user["key"].as_u64().unwrap_or(0) as u8)))
///     .connect("tcp://127.0.0.1:3250")
///     .await?;
/// # Ok(())
/// # }
/// ```
pub trait Pipeline: Send + Sync + 'static {
    /// Changes the body of a request or a notify, before it is sent. Several tasks that send at once may call it in
    /// another order than the messages go out.
    ///
    /// # Errors
    ///
    /// The message is not sent, and its sender gets the error.
    fn outbound(&self, route: &str, body: &mut Vec<u8>) -> Result<()>;

    /// Changes the body of a reply, an error or a push, before it is decoded. The route of a reply or an error is that
    /// of its request. Pushes pass it in their order; replies when their callers take them.
    ///
    /// # Errors
    ///
    /// The request fails with it; a push is dropped and logged.
    fn inbound(&self, kind: OutboundKind, route: &str, body: &mut Vec<u8>) -> Result<()>;
}

type Open = Box<dyn FnOnce(&Value) -> Result<Box<dyn Pipeline>> + Send>;

/// The pipeline of a connection that is yet to open, if there is one.
#[derive(Default)]
pub(super) struct Planned(Option<Open>);

impl Planned {
    pub(super) fn new<P: Pipeline>(
        open: impl FnOnce(&Value) -> Result<P> + Send + 'static,
    ) -> Self {
        let boxed = |pipeline| Box::new(pipeline) as Box<dyn Pipeline>;
        Self(Some(Box::new(move |user| open(user).map(boxed))))
    }

    /// Opens the pipeline with the answer to the handshake.
    pub(super) fn open(self, reply: &Value) -> Result<Opened> {
        let user = reply.get("user").unwrap_or(&Value::Null);
        self.0.map(|open| open(user)).transpose().map(Opened)
    }
}

/// The pipeline of an open connection, if there is one.
pub(super) struct Opened(Option<Box<dyn Pipeline>>);

impl Opened {
    /// Changes the body that begins at `start`.
    pub(super) fn outbound(&self, route: &str, start: usize, out: &mut BytesMut) -> Result<()> {
        if let Some(pipeline) = &self.0 {
            let mut body = out.get(start..).unwrap_or_default().to_vec();
            pipeline.outbound(route, &mut body)?;
            out.truncate(start);
            out.extend_from_slice(&body);
        }
        Ok(())
    }

    pub(super) fn inbound(&self, kind: OutboundKind, route: &str, body: Bytes) -> Result<Bytes> {
        let Some(pipeline) = &self.0 else { return Ok(body) };
        let mut body = body.into();
        // The task of the connection must not end with it.
        panics::catch(|| pipeline.inbound(kind, route, &mut body)).unwrap_or_else(|panic| {
            Err(Error::internal(format!("the pipeline panicked: {panic}")))
        })?;
        Ok(body.into())
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Opened").field(&self.0.is_some()).finish()
    }
}
