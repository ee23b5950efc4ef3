//! The running app, as its user holds it.

mod drain;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
#[cfg(feature = "admin")]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncWrite};

use super::Core;
use super::signals::Signals;
#[cfg(feature = "admin")]
use crate::admin::Served;
use crate::component::{Component, Handle, RouteInfo};
use crate::door::{Framing, Ready};
use crate::{Dictionary, Error, ErrorKind, Everyone, Result, Uid, User};

/// A running app, from [`App::start`](crate::App::start). Cheap to clone.
///
/// When the last clone is dropped without [`Server::shutdown`], the app stops accepting and closes its
/// sessions; hooks of the shutdown do not run.
///
/// # Examples
///
/// ```
/// use nano::{App, Tcp};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> nano::Result<()> {
/// let server = App::new().listen(Tcp::bind("127.0.0.1:0")).start().await?;
/// println!("listening on {:?}", server.addresses());
/// server.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Server(Arc<Running>);

struct Running {
    core: Arc<Core>,
    addresses: Vec<SocketAddr>,
    draining: AtomicBool,
    shutting_down: AtomicBool,
    #[cfg(feature = "admin")]
    admin: OnceLock<Served>,
}

impl Server {
    pub(super) fn new(core: Arc<Core>, addresses: Vec<SocketAddr>) -> Self {
        let (draining, shutting_down) = Default::default();
        Self(Arc::new(Running {
            core,
            addresses,
            draining,
            shutting_down,
            #[cfg(feature = "admin")]
            admin: OnceLock::new(),
        }))
    }

    #[cfg(feature = "admin")]
    pub(super) fn with_admin(self, admin: Option<Served>) -> Self {
        if let Some(admin) = admin {
            // The server is new.
            let _ = self.0.admin.set(admin);
        }
        self
    }

    /// Returns the admin page, if there is any.
    #[cfg(feature = "admin")]
    pub(super) fn admin(&self) -> Option<&Served> {
        self.0.admin.get()
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.0.core
    }

    /// Returns the addresses the app listens on, in the order of [`App::listen`](crate::App::listen); with
    /// the ports that the system chose.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.0.addresses
    }

    /// Returns the number of connected clients, those in the handshake included.
    pub fn sessions(&self) -> usize {
        self.0.core.runtime.sessions.len()
    }

    /// Returns the handle of a component; `None` when the app has none of that type.
    pub fn component<C: Component>(&self) -> Option<Handle<C>> {
        self.0.core.component()
    }

    /// Returns a user of the app as a target of pushes, online or not. See [`users`](crate::users).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{push, Result, Server};
    ///
    /// #[push]
    /// trait ShopPush {
    ///     fn paid(order: String);
    /// }
    ///
    /// /// Called by the web hook of the payment service.
    /// fn paid(server: &Server, buyer: i64, order: String) -> Result<()> {
    ///     ShopPush::to(&server.user(buyer)).paid(&order)
    /// }
    /// ```
    pub fn user(&self, uid: impl Into<Uid>) -> User {
        User::new(uid.into(), self.0.core.components.directory().clone())
    }

    /// Returns all sessions of the app as a target of pushes. See [`users`](crate::users).
    pub fn everyone(&self) -> Everyone {
        Everyone::new(self.0.core.components.directory().clone())
    }

    /// Returns the routes that have handlers, each with its [policy](RouteInfo::policy).
    pub fn routes(&self) -> impl Iterator<Item = &RouteInfo> {
        self.0.core.runtime.routes.infos()
    }

    /// Returns the routes that sessions may call before they are bound to a user: those for guests when the app asks
    /// for a user ([`App::require_bind`](crate::App::require_bind)), else all that have handlers.
    pub fn guest_routes(&self) -> impl Iterator<Item = &RouteInfo> {
        self.0.core.runtime.routes.guest_infos()
    }

    /// Returns the codes of the routes.
    pub fn dictionary(&self) -> &Dictionary {
        &self.0.core.runtime.wire.dictionary
    }

    /// Serves one connection over any byte stream, such as a Unix socket, TLS, or an in-memory pipe,
    /// in a task of its own.
    pub fn serve(&self, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let door = &self.0.core.door;
        let placed = door.threads().place(io, |stream| {
            if let Some(entry) = door.admit(None) {
                door.start(entry, Ready::new(stream, Framing::Packets, None));
            }
        });
        if let Err(error) = placed {
            tracing::debug!(%error, "a connection was lost on the way to its thread");
        }
    }

    /// Shuts the app down and waits for its end. Does nothing more when the shutdown has begun or ended already.
    ///
    /// 1. It accepts no more connections.
    /// 2. `before_shutdown` hooks run, in reverse order of registration; sessions are still there.
    /// 3. Each session finishes the handler that is running, answers what has come and was
    ///    not started with the error `shutdown`, and is kicked with the reason `shutdown`. Its
    ///    `session_closed` hooks run. A handler that takes longer than the grace period
    ///    ([`App::shutdown_grace`](crate::App::shutdown_grace)) is cut off, and answered the same.
    /// 4. Rooms close. A node of a cluster leaves it. Timers end; `shutdown` hooks run, in reverse order of registration.
    ///
    /// # Cancel safety
    ///
    /// The shutdown goes on in a task of its own when the caller stops waiting.
    pub async fn shutdown(&self) {
        if !self.0.shutting_down.swap(true, Ordering::AcqRel) {
            self.0.core.clone().begin_shutdown();
        }
        self.stopped().await;
    }

    /// Waits until the app has shut down.
    pub async fn stopped(&self) {
        self.0.core.stopped.cancelled().await;
    }

    /// Waits until shutdown has begun: for what must end with the app, such as another HTTP server.
    pub async fn stopping(&self) {
        self.0.core.stop_accepting.cancelled().await;
    }

    /// Serves until SIGINT (Ctrl-C), then shuts down; or until SIGTERM, then [drains](crate::drain) for
    /// [`App::drain_time`](crate::App::drain_time) and shuts down. A signal during the drain cuts it short; one during the
    /// shutdown ends it at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when signals cannot be listened to;
    /// [`ErrorKind::Shutdown`] when a signal cut the shutdown short, so that a process which did
    /// not save does not end as if it had.
    pub async fn run(&self) -> Result<()> {
        self.run_until(&mut Signals::new()?).await
    }

    /// As [`run`](Self::run), with signals that are listened to already.
    pub(super) async fn run_until(&self, signals: &mut Signals) -> Result<()> {
        let signal = tokio::select! {
            signal = signals.next() => signal,
            () = self.stopped() => return self.0.core.ended(),
        };
        let drain_time = self.0.core.config.drain_time;
        if signal.is_gentle() && !drain_time.is_zero() {
            tokio::select! {
                () = self.drain(drain_time) => return Ok(()),
                _ = signals.next() => {}
            }
            if self.0.core.stop_accepting.is_cancelled() {
                return Err(cut_short());
            }
        }
        tokio::select! {
            () = self.shutdown() => Ok(()),
            _ = signals.next() => Err(cut_short()),
        }
    }
}

fn cut_short() -> Error {
    Error::new(ErrorKind::Shutdown, "a signal cut the shutdown short")
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.shutting_down.load(Ordering::Acquire) {
            self.core.close();
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("addresses", &self.0.addresses)
            .field("sessions", &self.sessions())
            .finish_non_exhaustive()
    }
}
