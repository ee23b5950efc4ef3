//! Panics of the application's code, caught and turned into text.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;

use crate::log::{Log, limited};

/// The text of a caught panic.
pub(crate) struct PanicText(Cow<'static, str>);

impl PanicText {
    /// Reads the text and drops the payload, whose own `Drop` may panic in turn.
    #[cold]
    pub(crate) fn take(payload: Box<dyn Any + Send>) -> Self {
        let text = if let Some(text) = payload.downcast_ref::<&'static str>() {
            Cow::Borrowed(*text)
        } else if let Some(text) = payload.downcast_ref::<String>() {
            Cow::Owned(text.clone())
        } else {
            Cow::Borrowed("a panic without a text")
        };
        if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            // Dropping this one could panic again, without end.
            std::mem::forget(another);
        }
        Self(text)
    }
}

impl fmt::Debug for PanicText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for PanicText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Calls `f`, and turns a panic into its text.
#[inline(always)]
pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, PanicText> {
    catch_unwind(AssertUnwindSafe(f)).map_err(PanicText::take)
}

/// Awaits `future`, and turns a panic into its text.
pub(crate) async fn catch_async<F: Future>(future: F) -> Result<F::Output, PanicText> {
    AssertUnwindSafe(future).catch_unwind().await.map_err(PanicText::take)
}

/// Drops a value of the application; a panic in its `Drop` is logged and goes no further.
pub(crate) fn drop_quietly<T>(value: T, log: &Log) {
    if let Err(panic) = catch(|| drop(value)) {
        limited!(log, DropPanicked, %panic);
    }
}
