//! The app: its builder, its start, the running server, and its shutdown.

mod build;
mod calls;
mod clock;
#[cfg(feature = "cluster")]
mod cluster;
mod config;
mod core;
mod drain;
mod handshake;
mod hooks;
mod limits;
mod listening;
mod observability;
mod pipeline;
mod policy;
mod registration;
mod resume;
mod rooms;
mod server;
mod shutdown;
mod signals;
mod stages;
mod start;
mod users;

use std::fmt;
use std::time::Duration;

pub(crate) use core::Core;
pub use server::Server;

use crate::UnflaggedErrors;
use crate::component::Component;
use crate::door::Listen;
use crate::metrics::AnyRecorder;
use crate::push::PushSet;
use crate::routes::Routes;
use crate::serializer::{Json, Serializer};
use config::Config;
use listening::AnyEntrance;
use pipeline::Pipeline;
use registration::{Registered, Registration};

/// The builder of a game server: its components, listeners and limits.
///
/// Nothing happens before [`App::start`] or [`App::run`], which report all configuration problems at
/// once. There are no globals: two apps in one process do not know of each other.
///
/// # Examples
///
/// ```no_run
/// use nano::{component, App, Result, Tcp};
///
/// struct Echo;
///
/// #[component]
/// impl Echo {
///     #[handler]
///     fn say(&self, text: String) -> String {
///         text
///     }
/// }
///
/// #[tokio::main]
/// async fn main() -> Result<()> {
///     App::new().component(Echo).listen(Tcp::bind("127.0.0.1:3250")).run().await
/// }
/// ```
#[must_use = "an app does nothing until it is started or run"]
pub struct App {
    config: Config,
    serializer: Box<dyn Serializer>,
    components: Vec<Box<dyn Registration>>,
    pushes: Vec<PushSet>,
    routes: Option<Routes>,
    listeners: Vec<Box<dyn AnyEntrance>>,
    pipeline: Pipeline,
    recorders: Vec<AnyRecorder>,
    #[cfg(feature = "admin")]
    admin: Option<crate::Admin>,
    #[cfg(feature = "cluster")]
    cluster: Option<crate::Cluster>,
}

impl Default for App {
    fn default() -> Self {
        Self {
            config: Config::default(),
            serializer: Box::new(Json),
            components: Vec::new(),
            pushes: Vec::new(),
            routes: None,
            listeners: Vec::new(),
            pipeline: Pipeline::default(),
            recorders: Vec::new(),
            #[cfg(feature = "admin")]
            admin: None,
            #[cfg(feature = "cluster")]
            cluster: None,
        }
    }
}

impl App {
    /// Creates an app without components that speaks JSON.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the serializer of payloads: [`Json`] by default, [`Protobuf`](crate::Protobuf), or one of your
    /// own.
    pub fn serializer(mut self, serializer: impl Serializer) -> Self {
        self.serializer = Box::new(serializer);
        self
    }

    /// Adds a component. Hooks run in the order in which components are added, and in reverse at
    /// shutdown.
    pub fn component<C: Component>(mut self, component: C) -> Self {
        self.components.push(Box::new(Registered::new(component)));
        self
    }

    /// Adds the events of a [`#[push]`](macro@crate::push) trait to the dictionary, so that they
    /// travel as two bytes instead of a name to the clients of this project; to others they go by name, see
    /// [`App::stock_push_codes`]. Pushes that are not added work, by name. With
    /// [`App::routes`] all have their code; adding them compares them with what the build script found.
    pub fn push(mut self, events: impl Into<PushSet>) -> Self {
        self.pushes.push(events.into());
        self
    }

    /// Takes the codes of the routes from the build script: `.routes(nano::include_routes!())`, see
    /// [`include_routes!`](crate::include_routes). They are the app's dictionary, pushes included.
    /// A second call replaces the first.
    ///
    /// The app does not start when what is registered differs from what the build script found, and
    /// reports every difference with its likely cause. [`Routes::partial`] lets routes be absent.
    pub fn routes(mut self, routes: Routes) -> Self {
        self.routes = Some(routes);
        self
    }

    /// Adds an address to listen on. There may be several, and none: see [`Server::serve`].
    pub fn listen(mut self, listener: impl Listen) -> Self {
        self.listeners.push(Box::new(listener));
        self
    }

    /// Sets the interval of heartbeats in whole seconds: 30 s by default. A client from which
    /// nothing came for three intervals is disconnected.
    pub fn heartbeat(mut self, interval: Duration) -> Self {
        self.config.heartbeat = interval;
        self
    }

    /// Sets the time for which shutdown waits for running handlers: 10 s by default.
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.config.shutdown_grace = grace;
        self
    }

    /// Serves connections on so many threads of the app's own, each with a single-threaded runtime. By default they are
    /// served on the runtime that the app is started on.
    ///
    /// A connection stays on the thread that has the fewest tasks when it comes. Its handlers, and the tasks and timers
    /// that they start with `tokio::spawn` or their context, run there too, and end with the app. Everything that the
    /// documentation promises holds as before: a component is shared by all threads.
    ///
    /// Use it for servers with more than a few hundred busy connections for each core: tokio's multi-thread runtime
    /// lets some of them wait when more than 256 tasks of one worker are ready, and moves connections between cores.
    /// Do not use it when handlers work for long without an `.await`: nobody takes a thread's other connections over.
    /// `tokio::task::block_in_place` panics there; `spawn_blocking` works. In tests, tokio's paused time does not
    /// reach these threads.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::App;
    ///
    /// let cores = std::thread::available_parallelism().map_or(1, usize::from);
    /// let app = App::new().threads(cores);
    /// ```
    pub fn threads(mut self, count: usize) -> Self {
        self.config.threads = Some(count);
        self
    }

    /// Sets the length in bytes from which the bodies of replies and pushes are compressed for clients that
    /// can inflate them: 1,024 by default. `None` compresses nothing.
    ///
    /// A body that would not become smaller is sent as it is. Clients that can inflate are those of pitaya, and
    /// those that announce the feature `zlib`, such as this crate's.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::App;
    ///
    /// let app = App::new().compression_threshold(4096);
    /// let app = App::new().compression_threshold(None);
    /// ```
    pub fn compression_threshold(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.config.compression_threshold = bytes.into();
        self
    }

    /// Sets the treatment of errors towards clients that cannot tell an error from a success:
    /// [`UnflaggedErrors::Withhold`] by default.
    pub fn unflagged_errors(mut self, policy: UnflaggedErrors) -> Self {
        self.config.unflagged_errors = policy;
        self
    }

    /// Sets whether the error `bad_request` tells the client why its payload does not decode, such as
    /// ``payload does not decode: missing field `name` at line 1 column 2``. By default it does in builds with debug
    /// assertions, and has a fixed text in others, since the reason names types and fields of the server.
    /// Either way, the log has it at the level debug.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::App;
    ///
    /// let app = App::new().bad_request_details(true); // for a test server that is built for release
    /// ```
    pub fn bad_request_details(mut self, told: bool) -> Self {
        self.config.bad_request_details = told;
        self
    }

    /// Sets whether pushes to clients of pomelo, pinus and Go nano carry codes in place of names: `false` by default.
    ///
    /// These clients announce nothing that tells which of them read such pushes, although all of them receive the
    /// dictionary. The JavaScript clients of pomelo and pinus do. libpomelo 2 crashes, pypomelo's connection ends, and
    /// Go nano's own connector, go-pomelo-client and the clients for Lua and Cocos lose the push. Pitaya's clients
    /// get no codes in any case, and clients that list their features, such as this project's, always.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::App;
    ///
    /// // All players have the pomelo client for browsers.
    /// let app = App::new().stock_push_codes(true);
    /// ```
    pub fn stock_push_codes(mut self, codes: bool) -> Self {
        self.config.stock_push_codes = codes;
        self
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("serializer", &self.serializer.name())
            .field("components", &self.components.iter().map(|c| c.name()).collect::<Vec<_>>())
            .field("pushes", &self.pushes)
            .field("routes", &self.routes)
            .field("listeners", &self.listeners.iter().map(|l| l.describe()).collect::<Vec<_>>())
            .field("pipeline", &self.pipeline)
            .field("config", &self.config)
            .finish()
    }
}
