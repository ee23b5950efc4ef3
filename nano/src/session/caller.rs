//! The caller of an app's components: what `ctx.node().any()` and `session.caller()` give.

use std::fmt;
use std::sync::{Arc, Weak};

use bytes::{Bytes, BytesMut};
use serde::de::DeserializeOwned;

use super::calls::{CallTarget, Calls, ComponentCall, Depth};
use super::{Common, Session};
use crate::serializer::{
    Decode, Decoder, Encode, Serializer, SerializerError, Shape, Target, Value,
};
use crate::wire::Wire;
use crate::{Caller, Error, ErrorKind, Result};

/// A caller of the app's components, on whichever node they are, for typed callers such as `ChatClient`.
///
/// From [`Nodes`](crate::Nodes), or from [`Session::caller`] on behalf of a session. The page [`calls`](crate::calls)
/// has the rules. Messages are written through serde; an app with protobuf says [`protobuf`](Self::protobuf).
///
/// # Examples
///
/// ```
/// use nano::{component, Context, Result};
///
/// #[derive(Default)]
/// struct Bank { gold: u64 }
///
/// #[component]
/// impl Bank {
///     #[handler(internal)]
///     fn pay(&mut self, gold: u64) -> u64 {
///         self.gold += gold;
///         self.gold
///     }
/// }
///
/// struct Shop;
///
/// #[component]
/// impl Shop {
///     #[handler]
///     async fn sell(&self, ctx: &Context<Self>) -> Result<u64> {
///         BankClient::new(&ctx.node().any()).pay(&10).await
///     }
/// }
/// ```
#[derive(Clone)]
pub struct AppCaller<S = AppSerializer> {
    /// None of an app that has ended.
    calls: Option<Weak<dyn Calls<Session>>>,
    target: CallTarget<Session>,
    serializer: S,
}

impl AppCaller {
    pub(super) fn new(common: &Common<Session>, target: CallTarget<Session>) -> Self {
        let calls = common.calls.get().cloned();
        let running = calls.as_ref().and_then(Weak::upgrade);
        let serializer = AppSerializer(running.map(|calls| calls.wire().clone()));
        Self { calls, target, serializer }
    }

    /// The same for messages that implement `prost::Message`, in an app with
    /// [`Protobuf`](crate::Protobuf).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context, Result};
    ///
    /// #[derive(Clone, PartialEq, prost::Message)]
    /// struct Payment {
    ///     #[prost(uint64, tag = "1")]
    ///     gold: u64,
    /// }
    ///
    /// struct Bank;
    ///
    /// #[component]
    /// impl Bank {
    ///     #[handler(internal)]
    ///     fn pay(&self, payment: Payment) -> Payment {
    ///         payment
    ///     }
    ///
    ///     #[on(after_init)]
    ///     async fn open(&self, ctx: &Context<Self>) -> Result<()> {
    ///         let bank = BankClient::new(&ctx.node().any().protobuf());
    ///         assert_eq!(bank.pay(&Payment { gold: 7 }).await?.gold, 7);
    ///         Ok(())
    ///     }
    /// }
    /// ```
    pub fn protobuf(self) -> AppCaller<AppProtobuf> {
        let Self { calls, target, serializer } = self;
        AppCaller { calls, target, serializer: AppProtobuf(serializer) }
    }
}

impl Session {
    /// Returns a caller of components on behalf of this session: handlers receive it as their `&Session`. The call
    /// goes to this node if it has the component, and else to the node that serves the session's messages for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Result, Session};
    ///
    /// struct Bag;
    ///
    /// #[component]
    /// impl Bag {
    ///     #[handler(internal)]
    ///     fn put(&self, session: &Session, item: String) -> Result<()> {
    ///         session.push("onItem", &item)
    ///     }
    /// }
    ///
    /// struct Shop;
    ///
    /// #[component]
    /// impl Shop {
    ///     #[handler]
    ///     async fn buy(&self, session: &Session, item: String) -> Result<()> {
    ///         BagClient::new(&session.caller()).put(&item).await
    ///     }
    /// }
    /// ```
    pub fn caller(&self) -> AppCaller {
        AppCaller::new(&self.0.common, CallTarget::Session(self.clone()))
    }
}

impl<S: Serializer> AppCaller<S> {
    async fn call(&self, route: &str, body: Bytes, is_notify: bool) -> Result<Bytes> {
        let calls = self.calls.as_ref().and_then(Weak::upgrade);
        let calls = calls.ok_or_else(|| Error::new(ErrorKind::Closed, "the app has ended"))?;
        let depth = Depth::current().next();
        depth.check()?;
        let limit = calls.wire().packet_limit;
        if body.len() > limit {
            let message = format!("the payload has {} bytes, and {limit} are allowed", body.len());
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        let target = self.target.clone();
        let call = ComponentCall {
            route: route.to_owned(),
            body,
            is_notify,
            target,
            depth,
            #[cfg(feature = "cluster")]
            arrival: None,
        };
        calls.call(call).await
    }
}

impl<S: Serializer> Caller for AppCaller<S> {
    type Serializer = S;

    fn serializer(&self) -> &S {
        &self.serializer
    }

    async fn request_bytes(&self, route: &str, body: Bytes) -> Result<Bytes> {
        self.call(route, body, false).await
    }

    async fn notify_bytes(&self, route: &str, body: Bytes) -> Result<()> {
        self.call(route, body, true).await.map(drop)
    }
}

impl<S> fmt::Debug for AppCaller<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppCaller").field("target", &self.target).finish_non_exhaustive()
    }
}

/// The serializer of an app, for messages that serde can write and read.
#[derive(Clone)]
pub struct AppSerializer(Option<Arc<Wire>>);

/// The serializer of an app, for messages that implement `prost::Message`: see [`AppCaller::protobuf`].
#[derive(Clone, Debug)]
pub struct AppProtobuf(AppSerializer);

impl AppSerializer {
    fn running(&self) -> Result<&dyn Serializer, SerializerError> {
        self.0.as_ref().map(|wire| &*wire.serializer).ok_or_else(|| "the app has ended".into())
    }
}

impl Serializer for AppSerializer {
    fn name(&self) -> &'static str {
        self.running().map_or("none", Serializer::name)
    }

    fn supports(&self, shape: Shape) -> bool {
        self.running().is_ok_and(|serializer| serializer.supports(shape))
    }

    fn encode(&self, value: Value<'_>, out: &mut BytesMut) -> Result<(), SerializerError> {
        self.running()?.encode(value, out)
    }

    fn decode(&self, body: &[u8], target: Target<'_>) -> Result<(), SerializerError> {
        self.running()?.decode(body, target)
    }

    fn is_json(&self) -> bool {
        self.running().is_ok_and(Serializer::is_json)
    }
}

impl<T: serde::Serialize> Encode<T> for AppSerializer {
    fn value(value: &T) -> Value<'_> {
        Value::serde(value)
    }
}

impl<T: DeserializeOwned> Decode<T> for AppSerializer {
    fn decoder() -> Decoder<T> {
        Decoder::serde()
    }
}

impl Serializer for AppProtobuf {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn supports(&self, shape: Shape) -> bool {
        self.0.supports(shape)
    }

    fn encode(&self, value: Value<'_>, out: &mut BytesMut) -> Result<(), SerializerError> {
        self.0.encode(value, out)
    }

    fn decode(&self, body: &[u8], target: Target<'_>) -> Result<(), SerializerError> {
        self.0.decode(body, target)
    }

    fn is_json(&self) -> bool {
        self.0.is_json()
    }
}

impl<T: prost::Message> Encode<T> for AppProtobuf {
    fn value(value: &T) -> Value<'_> {
        Value::protobuf(value)
    }
}

impl<T: prost::Message + Default> Decode<T> for AppProtobuf {
    fn decoder() -> Decoder<T> {
        Decoder::protobuf()
    }
}

impl fmt::Debug for AppSerializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AppSerializer").field(&self.name()).finish()
    }
}
