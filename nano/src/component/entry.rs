//! Route entries: handlers behind one type, and the instance that a message is for.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::call::Place;
use super::method::{Method, Task};
use super::route::{Answer, RouteInfo, Side};
use super::{AnyInstance, Component, Incoming, Route, Step};
use crate::serializer::Decoder;
use crate::{Error, Result, Session};

/// A handler of any component, for all of its instances.
pub(crate) trait DispatchRoute: Send + Sync {
    fn dispatch(
        &self,
        instance: &AnyInstance,
        message: Incoming<&Session>,
        body: &[u8],
    ) -> Step<()>;
}

/// A route of a component, before it has an instance.
#[derive(Clone)]
pub(crate) struct DefinedRoute {
    pub(crate) info: RouteInfo,
    /// The payload and the reply.
    pub(crate) sides: [Side; 2],
    pub(crate) entry: Arc<dyn DispatchRoute>,
}

impl DefinedRoute {
    pub(super) fn new<C, P, A, M>(route: Route<P, A>, method: M) -> Self
    where
        C: Component,
        P: Send + 'static,
        A: Answer,
        M: Method<C, Session, A::Args<P>, A::Output>,
    {
        let sides = route.sides();
        let Route { info, decoder, answer } = route;
        let entry = RouteEntry { decoder, answer, method, component: PhantomData::<fn() -> C> };
        Self { info, sides, entry: Arc::new(entry) }
    }
}

struct RouteEntry<C, P, A, M> {
    decoder: Decoder<P>,
    answer: A,
    method: M,
    component: PhantomData<fn() -> C>,
}

impl<C, P, A, M> DispatchRoute for RouteEntry<C, P, A, M>
where
    C: Component,
    P: Send + 'static,
    A: Answer,
    M: Method<C, Session, A::Args<P>, A::Output>,
{
    fn dispatch(
        &self,
        instance: &AnyInstance,
        mut message: Incoming<&Session>,
        body: &[u8],
    ) -> Step<()> {
        let Some(instance) = instance.get::<C>() else {
            let detail = format!("the target of `{}` is no `{}`", message.route(), C::NAME);
            message.fail(Error::internal(detail));
            return Step::Ready(());
        };
        let payload = match message.decode(body, self.decoder) {
            Ok(payload) => payload,
            Err(error) => {
                message.fail(error);
                return Step::Ready(());
            }
        };
        let args = A::args(payload, || message.defer(self.answer.encoder()));
        let place = Place { instance, label: message.route() };
        self.method.call(place, args, Answering { message, answer: self.answer })
    }
}

/// The duty to answer a message as its route says.
struct Answering<S: Borrow<Session>, A> {
    message: Incoming<S>,
    answer: A,
}

impl<S: Borrow<Session>, A: Answer> Task<A::Output> for Answering<S, A> {
    type Subject = Session;
    type Output = ();
    type Owned = Answering<Session, A>;

    fn subject(&self) -> &Session {
        self.message.session()
    }

    fn into_owned(self) -> Answering<Session, A> {
        Answering { message: self.message.into_owned(), answer: self.answer }
    }

    fn finish(self, result: Result<A::Output>) {
        match result.map(A::returned) {
            Ok(Some(reply)) => self.message.reply(&reply, self.answer.encoder()),
            Ok(None) => self.message.leave_to_reply(),
            Err(error) => self.message.fail(error),
        }
    }
}
