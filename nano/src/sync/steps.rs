//! tokio under the model checker: its lock, of which each operation is one step, and the tasks that wait for it.
//!
//! The lock of a model is the lock of production: tokio tries it under loom itself, and a model tries all that is built
//! on it. What tokio does in one operation is hidden from loom, and happens at once, since loom runs one thread at a
//! time. In front of it there is an operation on an atomic of loom's, so that another thread's may come first.

use std::future::{Future, poll_fn};
use std::ops::{Deref, DerefMut};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use loom::sync::atomic::{AtomicUsize, Ordering};

/// tokio's lock.
pub(crate) struct RwLock<T> {
    lock: tokio::sync::RwLock<T>,
    steps: Steps,
}

/// The operations on one lock, each of which depends on the order of all.
struct Steps(AtomicUsize);

impl Steps {
    fn step(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl<T> RwLock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { lock: tokio::sync::RwLock::new(value), steps: Steps(AtomicUsize::new(0)) }
    }

    pub(crate) fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, tokio::sync::TryLockError> {
        self.steps.step();
        Ok(RwLockReadGuard { guard: self.lock.try_read()?, steps: &self.steps })
    }

    pub(crate) fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, tokio::sync::TryLockError> {
        self.steps.step();
        Ok(RwLockWriteGuard { guard: self.lock.try_write()?, steps: &self.steps })
    }

    pub(crate) async fn read(&self) -> RwLockReadGuard<'_, T> {
        let guard = self.steps.wait(self.lock.read()).await;
        RwLockReadGuard { guard, steps: &self.steps }
    }

    pub(crate) async fn write(&self) -> RwLockWriteGuard<'_, T> {
        let guard = self.steps.wait(self.lock.write()).await;
        RwLockWriteGuard { guard, steps: &self.steps }
    }
}

pub(crate) struct RwLockReadGuard<'a, T> {
    guard: tokio::sync::RwLockReadGuard<'a, T>,
    steps: &'a Steps,
}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        // The guard itself is dropped after this.
        self.steps.step();
    }
}

pub(crate) struct RwLockWriteGuard<'a, T> {
    guard: tokio::sync::RwLockWriteGuard<'a, T>,
    steps: &'a Steps,
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        self.steps.step();
    }
}

/// A wait for the lock: each poll is a step, and so is its end before the lock is there.
struct Wait<'a, F> {
    steps: &'a Steps,
    /// `None` once the lock is there.
    future: Option<Pin<Box<F>>>,
}

impl Steps {
    fn wait<F: Future>(&self, future: F) -> Wait<'_, F> {
        Wait { steps: self, future: Some(Box::pin(future)) }
    }
}

impl<F: Future> Future for Wait<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.steps.step();
        let Some(future) = &mut self.future else { unreachable!("it is polled after its end") };
        let polled = future.as_mut().poll(cx);
        if polled.is_ready() {
            self.future = None;
        }
        polled
    }
}

impl<F> Drop for Wait<'_, F> {
    fn drop(&mut self) {
        if self.future.is_some() {
            self.steps.step();
        }
    }
}

/// The waker of a thread of loom's, of which clones are made without a step: tokio clones wakers under locks that loom
/// does not know.
struct Woken(Waker);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.wake_by_ref();
    }
}

/// Runs a future that waits for tokio, on a thread of loom's.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let (mut future, mut waker) = (pin!(future), None);
    loom::future::block_on(poll_fn(|cx| {
        let waker = waker.get_or_insert_with(|| Waker::from(Arc::new(Woken(cx.waker().clone()))));
        future.as_mut().poll(&mut Context::from_waker(waker))
    }))
}

/// Waits for a turn of the other threads.
pub(crate) async fn turn() {
    let mut is_over = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut is_over, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The statics of a thread of loom's.
macro_rules! of_loom_thread {
    ($($(#[$attribute:meta])* static $name:ident: $type:ty = const $value:block;)+) => {
        ::loom::thread_local! {
            $($(#[$attribute])* static $name: $type = $value;)+
        }
    };
}
pub(crate) use of_loom_thread as thread_local;
