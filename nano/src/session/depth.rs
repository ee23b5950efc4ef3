//! The depth of the call that is polled on this thread.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;

use super::calls::Depth;
use crate::{Error, ErrorKind, Result};

/// The most calls that may be made within one another.
const MOST: u32 = 4;

thread_local! {
    static CURRENT: Cell<Depth> = const { Cell::new(Depth { calls: 0, until: None }) };
}

impl Depth {
    /// The depth of the call that is polled on this thread: nothing, where that is none of a component.
    pub(crate) fn current() -> Self {
        CURRENT.get()
    }

    /// The depth of a call that is made within this one.
    pub(crate) fn next(self) -> Self {
        Self { calls: self.calls.saturating_add(1), ..self }
    }

    /// Checks that the call is not too deep.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Loop`].
    pub(crate) fn check(self) -> Result<()> {
        if self.calls <= MOST {
            return Ok(());
        }
        let message = format!("more than {MOST} calls of components are made within one another");
        Err(Error::new(ErrorKind::Loop, message))
    }

    /// Runs a call, whose own calls are deeper by one.
    pub(crate) async fn run<T>(self, call: impl Future<Output = T>) -> T {
        let mut call = pin!(call);
        poll_fn(|cx| {
            // Put back also if the poll unwinds: the thread goes on.
            let _outer = Restored(CURRENT.replace(self));
            call.as_mut().poll(cx)
        })
        .await
    }
}

struct Restored(Depth);

impl Drop for Restored {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}
