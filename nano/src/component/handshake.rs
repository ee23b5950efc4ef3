//! The hook of a client's handshake: the announcement that it takes, and its entry in a definition.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::erased::HandshakeMethod;
use super::method::{Finish, Method};
use super::{AnyInstance, Component, Instance, Place, Step};
use crate::wire::client_version;
use crate::wire::handshake::Hello;
use crate::{Error, ErrorKind, Result, Session};

/// The announcement of a client in its handshake, for the `#[on(handshake)]` hook.
///
/// The address of the peer is [`Session::remote_addr`].
///
/// # Examples
///
/// ```
/// use nano::{component, Error, Handshake, Result, Session};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize)]
/// struct Login { token: String }
///
/// #[derive(Serialize)]
/// struct Welcome { motd: &'static str }
///
/// struct Gate;
///
/// #[component]
/// impl Gate {
///     #[on(handshake)]
///     async fn greet(&self, session: &Session, hello: Handshake<Login>) -> Result<Welcome> {
///         let uid = match hello.user.token.as_str() {
///             "ann" => 1,
///             _ => return Err(Error::reject("bad_token", "log in again")),
///         };
///         session.bind(uid).await?;
///         Ok(Welcome { motd: "hello" })
///     }
/// }
/// ```
#[non_exhaustive]
pub struct Handshake<T = Value> {
    /// The announcement of the client's library, `sys`; empty when it sent none.
    pub sys: Map<String, Value>,
    /// The part that belongs to the application, `user`; it is read as `null` when the client sent none.
    pub user: T,
}

impl<T> Handshake<T> {
    /// Returns the version of the client: `sys.clientVersion`, which clients of pitaya send, or `sys.version`.
    pub fn version(&self) -> Option<&str> {
        client_version::announced(&self.sys)
    }

    /// Returns the type of the client, `sys.type`, such as `js-websocket`.
    pub fn client_type(&self) -> Option<&str> {
        self.sys.get("type").and_then(Value::as_str)
    }
}

/// Shows nothing of `user`, which may hold a secret.
impl<T> fmt::Debug for Handshake<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake").field("version", &self.version()).finish_non_exhaustive()
    }
}

/// The parameter of a handshake hook: [`Handshake`], or nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what a handshake hook takes",
    note = "it takes `Handshake<T>`, where `T` implements `Deserialize`"
)]
pub trait Announced: Sized + Send + 'static {
    #[doc(hidden)]
    fn read(sys: Map<String, Value>, user: Value) -> serde_json::Result<Self>;
}

impl Announced for () {
    fn read(_: Map<String, Value>, _: Value) -> serde_json::Result<()> {
        Ok(())
    }
}

impl<T: DeserializeOwned + Send + 'static> Announced for Handshake<T> {
    fn read(sys: Map<String, Value>, user: Value) -> serde_json::Result<Self> {
        Ok(Self { sys, user: T::deserialize(user)? })
    }
}

/// The trigger of the handshake hook, whose method takes an `A` and returns an `R`.
pub struct HandshakeHook<A, R> {
    pub(super) label: &'static str,
    types: PhantomData<fn(A) -> R>,
}

impl<A, R> HandshakeHook<A, R> {
    /// A hook that every client passes before its session opens. `label` names it in logs.
    pub fn new(label: &'static str) -> Self {
        Self { label, types: PhantomData }
    }
}

impl<A, R> fmt::Debug for HandshakeHook<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeHook").field("label", &self.label).finish()
    }
}

/// The entry of a handshake hook.
pub(super) fn entry<C, A, R, M>(method: M) -> Arc<dyn HandshakeMethod>
where
    C: Component,
    A: Announced,
    R: Serialize + 'static,
    M: Method<C, Session, A, R>,
{
    Arc::new(HandshakeEntry { method, types: PhantomData::<fn(C, A) -> R> })
}

struct HandshakeEntry<C, A, R, M> {
    method: M,
    types: PhantomData<fn(C, A) -> R>,
}

impl<C, A, R, M> HandshakeMethod for HandshakeEntry<C, A, R, M>
where
    C: Component,
    A: Announced,
    R: Serialize + 'static,
    M: Method<C, Session, A, R>,
{
    fn run(
        &self,
        instance: &AnyInstance,
        label: &'static str,
        session: &Session,
        hello: &mut Hello,
    ) -> Step<Result<Value>> {
        let Some(instance) = instance.get::<Instance<C>>() else {
            let detail = format!("the target of `{label}` is no `{}`", C::NAME);
            return Step::Ready(Err(Error::internal(detail)));
        };
        let (sys, user) = (hello.sys.clone(), hello.user.take());
        match A::read(sys, user) {
            Ok(announced) => {
                let answer = Answering(Cow::Borrowed(session));
                let place = Place { instance, label, is_hook: true };
                self.method.call(place, announced, answer)
            }
            Err(source) => {
                let message = "the handshake's `user` does not decode";
                Step::Ready(Err(Error::with_source(ErrorKind::Decode, message, source)))
            }
        }
    }
}

/// A handshake whose answer is the value that the hook returns.
struct Answering<'a>(Cow<'a, Session>);

impl<R: Serialize> Finish<R> for Answering<'_> {
    type Subject = Session;
    type Output = Result<Value>;
    type Owned = Answering<'static>;

    fn subject(&self) -> &Session {
        &self.0
    }

    fn into_owned(self) -> Answering<'static> {
        Answering(Cow::Owned(self.0.into_owned()))
    }

    fn finish(self, result: Result<R>) -> Result<Value> {
        serde_json::to_value(result?).map_err(|source| {
            Error::with_source(ErrorKind::Encode, "the handshake's reply does not encode", source)
        })
    }
}
