//! The threads of an app, each with a single-threaded runtime, on which its connections are served.

use std::any::Any;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The threads of an app; without any, connections are served where they are accepted.
///
/// A connection stays on its thread, and so do the tasks and timers that its handlers start. The threads
/// end when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    runtimes: Vec<Handle>,
    /// Where the search for the thread with the fewest tasks begins, so that equal ones take turns.
    next: AtomicUsize,
    /// Cancelled when the threads have to end.
    end: CancellationToken,
    /// The threads that have not ended.
    running: TaskTracker,
    joins: Mutex<Vec<JoinHandle<()>>>,
}

impl Threads {
    /// Starts `count` threads.
    ///
    /// # Errors
    ///
    /// Fails when the system gives no thread, or no poller.
    pub(crate) fn start(count: usize) -> io::Result<Self> {
        let mut threads = Self::default();
        for number in 1..=count {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let (handle, end) = (runtime.handle().clone(), threads.end.clone());
            let running = threads.running.token();
            let thread = thread::Builder::new().name(format!("nano-{number}"));
            let join = thread.spawn(move || run(runtime, &end, running))?;
            threads.runtimes.push(handle);
            threads.joins.get_mut().unwrap_or_else(PoisonError::into_inner).push(join);
        }
        Ok(threads)
    }

    /// Returns the runtime of some thread, for work that must not end with the caller's.
    pub(crate) fn runtime(&self) -> Option<&Handle> {
        self.runtimes.first()
    }

    /// Calls `serve` with a stream, so that the tasks which it spawns run on one of the threads.
    ///
    /// A [`TcpStream`] is moved to the poller of that thread. Other streams stay with the one they were opened
    /// on, which wakes the connection from there.
    ///
    /// # Errors
    ///
    /// Fails when the stream cannot be moved: it is closed then.
    pub(crate) fn place<S: 'static, R>(
        &self,
        stream: S,
        serve: impl FnOnce(S) -> R,
    ) -> io::Result<R> {
        if self.runtimes.is_empty() {
            return Ok(serve(stream));
        }
        self.enter(|| {
            let mut stream = Some(stream);
            if let Some(tcp) = (&mut stream as &mut dyn Any).downcast_mut::<Option<TcpStream>>() {
                let socket = tcp.take().map(TcpStream::into_std).transpose()?;
                *tcp = socket.map(TcpStream::from_std).transpose()?;
            }
            Ok(serve(stream.ok_or(io::ErrorKind::NotConnected)?))
        })
    }

    /// Calls `serve`, so that the tasks which it spawns run on one of the threads.
    pub(crate) fn enter<R>(&self, serve: impl FnOnce() -> R) -> R {
        let _entered = self.pick().map(Handle::enter);
        serve()
    }

    /// Picks the thread with the fewest tasks.
    fn pick(&self) -> Option<&Handle> {
        let from = self.next.fetch_add(1, Ordering::Relaxed) % self.runtimes.len().max(1);
        let (before, after) = self.runtimes.split_at_checked(from)?;
        after.iter().chain(before).min_by_key(|runtime| runtime.metrics().num_alive_tasks())
    }

    /// Ends the threads, with the tasks that are left on them, and waits for their end.
    pub(crate) async fn end(&self) {
        self.end.cancel();
        self.running.close();
        self.running.wait().await;
        let joins = std::mem::take(&mut *self.joins.lock().unwrap_or_else(PoisonError::into_inner));
        for join in joins {
            // The token was the last that its thread dropped: there is nothing to wait for.
            if join.join().is_err() {
                tracing::error!("a thread of the app panicked");
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

/// Runs the tasks of one thread until the threads have to end.
fn run(runtime: Runtime, end: &CancellationToken, running: TaskTrackerToken) {
    runtime.block_on(end.cancelled());
    // Blocking work of the application is not waited for: its thread ends by itself.
    runtime.shutdown_background();
    drop(running);
}

#[cfg(test)]
mod tests;
