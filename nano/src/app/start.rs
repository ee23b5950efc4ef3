//! The start of an app.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::listening::Listening;
use super::{App, Server, build, clock, hooks};
use crate::Result;

impl App {
    /// Starts the app: `init` hooks, then `after_init` hooks, then it listens.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) with all problems of the configuration,
    /// addresses that cannot be used among them; the error of an `init` or `after_init` hook.
    pub async fn start(self) -> Result<Server> {
        let built = build::build(self).await?;
        let (listening, core) = (built.listening, built.core);
        // Before the hooks, which may take long: whoever watches sees that the app lives, and is not ready.
        #[cfg(feature = "admin")]
        let (admin, serves) = {
            let urls = || listening.iter().filter_map(Listening::websocket_url).collect();
            let admin = built.admin.map(|admin| admin.serve(&core, urls()));
            (admin, core.stopped.clone().drop_guard())
        };
        if let Err(error) = hooks::start(&core).await {
            core.close();
            return Err(error);
        }
        for timer in &core.timers {
            timer.start();
        }
        tokio::spawn(clock::run(Arc::downgrade(&core)));
        // Its components are ready; clients come when it knows the way to the others.
        #[cfg(feature = "cluster")]
        if let (Some(node), Some(bound)) = (&core.node, built.bound)
            && let Err(error) = core.join(node, bound).await
        {
            core.close();
            return Err(error);
        }
        let mut addresses = Vec::new();
        for Listening { address, entrance } in listening {
            let address_shown = address.map(tracing::field::display);
            tracing::info!(address = address_shown, protocol = %entrance.describe(), "listening");
            addresses.extend(address);
            entrance.open(&core.door);
        }
        core.is_listening.store(true, Ordering::Release);
        let server = Server::new(core, addresses);
        #[cfg(feature = "admin")]
        let server = {
            // Had the start been given up, the page would have ended.
            serves.disarm();
            server.with_admin(admin)
        };
        let routes: Vec<_> = server.routes().map(|route| route.name()).collect();
        tracing::debug!(?routes, "handlers");
        Ok(server)
    }

    /// Starts the app, and serves until SIGINT (Ctrl-C) or SIGTERM, as [`Server::run`] does.
    ///
    /// # Errors
    ///
    /// As [`App::start`] and [`Server::run`].
    pub async fn run(self) -> Result<()> {
        let server = self.start().await?;
        server.run().await
    }
}
