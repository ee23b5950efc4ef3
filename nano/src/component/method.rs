//! Methods of a component in the three forms that they are called in: with a shared borrow, with the
//! exclusive one, or as a future that borrows by itself.

use std::borrow::Cow;
use std::future::Future;

use super::access::{Cell, Exclusive};
use super::{AsyncCall, Call, Component, Place, Step};
use crate::Result;

/// The rest of a call: what it is about, and what becomes of its result.
///
/// It may borrow; what has to wait takes the [`Owned`](Self::Owned) form.
pub trait Finish<R>: Sized {
    type Subject;
    type Output;
    type Owned: Finish<R, Subject = Self::Subject, Output = Self::Output> + Send + 'static;

    fn subject(&self) -> &Self::Subject;
    fn into_owned(self) -> Self::Owned;
    fn finish(self, result: Result<R>) -> Self::Output;
}

/// A hook's task: its result is handed back.
impl<S: Clone + Send + Sync + 'static> Finish<()> for Cow<'_, S> {
    type Subject = S;
    type Output = Result<()>;
    type Owned = Cow<'static, S>;

    fn subject(&self) -> &S {
        self
    }

    fn into_owned(self) -> Cow<'static, S> {
        Cow::Owned(self.into_owned())
    }

    fn finish(self, result: Result<()>) -> Result<()> {
        result
    }
}

/// A method of `C` that takes `A`, is called about an `S`, and gives an `R`.
pub trait Method<C: Component, S, A, R>: Send + Sync + 'static {
    #[allow(private_interfaces)]
    fn call<T: Finish<R, Subject = S>>(
        &self,
        place: Place<'_, C>,
        args: A,
        task: T,
    ) -> Step<T::Output>;
}

/// A `fn` that takes `&self`.
#[derive(Debug)]
pub(crate) struct SharedFn<F>(pub(super) F);

/// A `fn` that takes `&mut self`.
#[derive(Debug)]
pub(crate) struct ExclusiveFn<F>(pub(super) F);

/// An `async fn`.
#[derive(Debug)]
pub(crate) struct AsyncFn<F>(pub(super) F);

impl<C, S, A, R, F> Method<C, S, A, R> for SharedFn<F>
where
    C: Component,
    S: Send + Sync + 'static,
    A: Send + 'static,
    F: for<'a> Fn(&'a C, Call<'a, C, S>, A) -> Result<R> + Clone + Send + Sync + 'static,
{
    #[allow(private_interfaces)]
    // As a call of its own it would move the message once more.
    #[inline(always)]
    fn call<T: Finish<R, Subject = S>>(
        &self,
        place: Place<'_, C>,
        args: A,
        task: T,
    ) -> Step<T::Output> {
        if let Some(component) = place.instance.cell.try_shared(place.label) {
            let call = |()| (self.0)(&component, Call::new(place, task.subject()), args);
            let result = place.admit().and_then(call);
            // The borrow ends before the result is handled.
            #[allow(dropping_references, reason = "one without a lock is a reference")]
            drop(component);
            return Step::Ready(task.finish(result));
        }
        let (method, instance) = (self.0.clone(), place.instance.clone());
        let Place { label, is_hook, .. } = place;
        let task = task.into_owned();
        Step::pending(async move {
            let place = Place { instance: &instance, label, is_hook };
            let result = place
                .shared()
                .await
                .and_then(|component| method(&component, Call::new(place, task.subject()), args));
            task.finish(result)
        })
    }
}

impl<C, S, A, R, F> Method<C, S, A, R> for ExclusiveFn<F>
where
    C: Component<Access = Exclusive>,
    S: Send + Sync + 'static,
    A: Send + 'static,
    F: for<'a> Fn(&'a mut C, Call<'a, C, S>, A) -> Result<R> + Clone + Send + Sync + 'static,
{
    #[allow(private_interfaces)]
    #[inline(always)]
    fn call<T: Finish<R, Subject = S>>(
        &self,
        place: Place<'_, C>,
        args: A,
        task: T,
    ) -> Step<T::Output> {
        if let Some(mut component) = place.instance.cell.try_exclusive(place.label) {
            let call = |()| (self.0)(&mut component, Call::new(place, task.subject()), args);
            let result = place.admit().and_then(call);
            drop(component);
            return Step::Ready(task.finish(result));
        }
        let (method, instance) = (self.0.clone(), place.instance.clone());
        let Place { label, is_hook, .. } = place;
        let task = task.into_owned();
        Step::pending(async move {
            let place = Place { instance: &instance, label, is_hook };
            let result = place.exclusive().await.and_then(|mut component| {
                method(&mut component, Call::new(place, task.subject()), args)
            });
            task.finish(result)
        })
    }
}

impl<C, S, A, R, F, Fut> Method<C, S, A, R> for AsyncFn<F>
where
    C: Component,
    S: Clone + Send + Sync + 'static,
    F: Fn(AsyncCall<C, S>, A) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<R>> + Send + 'static,
{
    #[allow(private_interfaces)]
    #[inline(always)]
    fn call<T: Finish<R, Subject = S>>(
        &self,
        place: Place<'_, C>,
        args: A,
        task: T,
    ) -> Step<T::Output> {
        let call = AsyncCall::new(place, task.subject().clone());
        let future = (self.0)(call, args);
        let task = task.into_owned();
        // A block, and no combinator: what a panic of the handler unwinds through is dropped on the way, and the message
        // knows why.
        Step::pending(async move {
            // The future is gone, and with it the borrow, when the result is handled.
            let result = future.await;
            task.finish(result)
        })
    }
}
