//! The outcome of a call: its result, or a future of it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// What calling a handler or hook gives: its result, or a future of it.
///
/// A plain `fn` whose component is free finishes at once and allocates nothing; an `async fn`
/// is one boxed future.
pub(crate) enum Step<T> {
    /// It has finished.
    Ready(T),
    /// It goes on when polled.
    Pending(Pin<Box<dyn Future<Output = T> + Send + 'static>>),
}

impl<T> Step<T> {
    /// A call that goes on in `future`.
    pub(crate) fn pending(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self::Pending(Box::pin(future))
    }

    pub(crate) async fn finish(self) -> T {
        match self {
            Self::Ready(value) => value,
            Self::Pending(future) => future.await,
        }
    }
}

impl<T> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Step::Ready",
            Self::Pending(_) => "Step::Pending",
        })
    }
}
