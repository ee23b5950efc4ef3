//! The entries of a definition: methods of one component, ready for any instance of it.

use std::borrow::{Borrow, Cow};
use std::marker::PhantomData;
use std::sync::Arc;

use super::access::Cell;
use super::erased::{DefinedRoute, DispatchRoute, HookMethod};
use super::method::{Finish, Method};
use super::policy::{Check, Guard, Policy};
use super::route::Answer;
use super::{AnyInstance, Component, Incoming, Instance, Place, Route, Step};
use crate::serializer::Decoder;
use crate::{Error, Result, Session};

/// The route of a handler.
pub(super) fn route<C, P, A, M>(route: Route<P, A>, defaults: Policy, method: M) -> DefinedRoute
where
    C: Component,
    P: Send + 'static,
    A: Answer,
    M: Method<C, Session, A::Args<P>, A::Output>,
{
    let sides = route.sides();
    let Route { mut info, policy, decoder, answer } = route;
    info.policy = policy.or(defaults).in_force();
    let entry =
        Arc::new(RouteEntry { decoder, answer, method, component: PhantomData::<fn() -> C> });
    let entry: Arc<dyn DispatchRoute> = match info.policy.before() {
        Some(guard) => Arc::new(GuardedEntry { guard, entry }),
        None => entry,
    };
    DefinedRoute { info, sides, entry }
}

/// The method of a hook or a timer.
pub(super) fn hook<C, S, A, M>(method: M) -> Arc<dyn HookMethod<S, A>>
where
    C: Component,
    S: Clone + Send + Sync + 'static,
    A: Send + 'static,
    M: Method<C, S, A, ()>,
{
    Arc::new(HookEntry { method, component: PhantomData::<fn() -> C> })
}

struct HookEntry<C, M> {
    method: M,
    component: PhantomData<fn() -> C>,
}

impl<C, S, A, M> HookMethod<S, A> for HookEntry<C, M>
where
    C: Component,
    S: Clone + Send + Sync + 'static,
    A: Send + 'static,
    M: Method<C, S, A, ()>,
{
    fn run(
        &self,
        instance: &AnyInstance,
        label: &'static str,
        subject: &S,
        args: A,
    ) -> Step<Result<()>> {
        let Some(instance) = instance.get::<Instance<C>>() else {
            let detail = format!("the target of `{label}` is no `{}`", C::NAME);
            return Step::Ready(Err(Error::internal(detail)));
        };
        let place = Place { instance, label, is_hook: true };
        self.method.call(place, args, Cow::Borrowed(subject))
    }

    fn holders(&self, instance: &AnyInstance) -> Option<String> {
        instance.get::<Instance<C>>()?.cell.holders()
    }
}

struct RouteEntry<C, P, A, M> {
    decoder: Decoder<P>,
    answer: A,
    method: M,
    component: PhantomData<fn() -> C>,
}

impl<C, P, A, M> RouteEntry<C, P, A, M>
where
    C: Component,
    P: Send + 'static,
    A: Answer,
    M: Method<C, Session, A::Args<P>, A::Output>,
{
    /// Finds the instance and reads the payload.
    #[inline(always)]
    fn open<'a>(
        &self,
        instance: &'a AnyInstance,
        message: &Incoming<&Session>,
        body: &[u8],
    ) -> Result<(&'a Arc<Instance<C>>, P)> {
        let Some(instance) = instance.get::<Instance<C>>() else {
            let detail = format!("the target of `{}` is no `{}`", message.route(), C::NAME);
            return Err(Error::internal(detail));
        };
        Ok((instance, message.decode(body, self.decoder)?))
    }

    /// Calls the method.
    #[inline(always)]
    fn call<S: Borrow<Session>>(
        &self,
        instance: &Arc<Instance<C>>,
        mut message: Incoming<S>,
        payload: P,
    ) -> Step<()> {
        let args = A::args(payload, || message.defer(self.answer.encoder()));
        let place = Place { instance, label: message.route(), is_hook: false };
        self.method.call(place, args, Answering { message, answer: self.answer })
    }
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
        message: Incoming<&Session>,
        body: &[u8],
    ) -> Step<()> {
        match self.open(instance, &message, body) {
            Ok((instance, payload)) => self.call(instance, message, payload),
            Err(error) => refused(message, error),
        }
    }
}

/// A route whose guard is asked before its handler is called.
struct GuardedEntry<E> {
    guard: Guard,
    /// Shared with the guards that are waited for.
    entry: Arc<E>,
}

impl<C, P, A, M> DispatchRoute for GuardedEntry<RouteEntry<C, P, A, M>>
where
    C: Component,
    P: Send + 'static,
    A: Answer,
    M: Method<C, Session, A::Args<P>, A::Output>,
{
    fn dispatch(
        &self,
        instance: &AnyInstance,
        message: Incoming<&Session>,
        body: &[u8],
    ) -> Step<()> {
        let (instance, payload) = match self.entry.open(instance, &message, body) {
            Ok(opened) => opened,
            Err(error) => return refused(message, error),
        };
        match self.guard.check() {
            Check::Plain(check) => match check(message.session(), message.route()) {
                Ok(()) => self.entry.call(instance, message, payload),
                Err(error) => refused(message, error),
            },
            Check::Waiting(check) => {
                let (entry, instance) = (self.entry.clone(), instance.clone());
                let message = message.into_owned();
                Step::pending(async move {
                    match check(message.session(), message.route()).await {
                        Ok(()) => entry.call(&instance, message, payload).finish().await,
                        Err(error) => message.fail(error),
                    }
                })
            }
        }
    }
}

fn refused(message: Incoming<&Session>, error: Error) -> Step<()> {
    message.fail(error);
    Step::Ready(())
}

/// The duty to answer a message as its route says.
struct Answering<S: Borrow<Session>, A> {
    message: Incoming<S>,
    answer: A,
}

impl<S: Borrow<Session>, A: Answer> Finish<A::Output> for Answering<S, A> {
    type Subject = Session;
    type Output = ();
    type Owned = Answering<Session, A>;

    fn subject(&self) -> &Session {
        self.message.session()
    }

    fn into_owned(self) -> Answering<Session, A> {
        Answering { message: self.message.into_owned(), answer: self.answer }
    }

    #[inline]
    fn finish(self, result: Result<A::Output>) {
        match result.map(A::returned) {
            Ok(Some(reply)) => self.message.reply(&reply, self.answer.encoder()),
            Ok(None) => self.message.leave_to_reply(),
            Err(error) => self.message.fail(error),
        }
    }
}
