//! The start of an app.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::listening::Listening;
use super::signals::Signals;
use super::{App, Core, Server, build, clock, hooks};
use crate::Result;

impl App {
    /// Starts the app: `init` hooks, then `after_init` hooks, then it listens.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) with all problems of the configuration,
    /// addresses that cannot be used among them; the error of an `init` or `after_init` hook.
    ///
    /// # Cancel safety
    ///
    /// A start that is dropped closes what it has opened, and leaves the cluster if it has joined it. Hooks of the shutdown do
    /// not run.
    pub async fn start(self) -> Result<Server> {
        build::build(self).await?.rise().await
    }

    /// Starts the app, and serves until SIGINT (Ctrl-C) or SIGTERM, as [`Server::run`] does. A signal during the start, which
    /// may wait for a registry, gives the start up. An app that has no listener and is no node of a cluster says in the log that
    /// no client can connect to it.
    ///
    /// # Errors
    ///
    /// As [`App::start`] and [`Server::run`].
    pub async fn run(self) -> Result<()> {
        let mut signals = Signals::new()?;
        let built = tokio::select! {
            built = build::build(self) => built?,
            _ = signals.next() => return Ok(()),
        };
        if built.is_unreachable() {
            tracing::warn!("the app has no listener: no client can connect to it");
        }
        let stopped = built.core.stopped.clone();
        let server = tokio::select! {
            server = built.rise() => Some(server?),
            _ = signals.next() => None,
        };
        let Some(server) = server else {
            tracing::info!("a signal has ended the start");
            tokio::select! {
                () = stopped.cancelled() => {}
                _ = signals.next() => {}
            }
            return Ok(());
        };
        server.run_until(&mut signals).await
    }
}

/// Gives the start of an app up when it is dropped.
struct Starting(Option<Arc<Core>>);

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(core) = self.0.take() {
            core.give_up();
        }
    }
}

impl build::Start {
    /// Returns `true` when neither clients nor nodes can connect.
    fn is_unreachable(&self) -> bool {
        #[cfg(feature = "cluster")]
        let is_node = self.bound.is_some();
        #[cfg(not(feature = "cluster"))]
        let is_node = false;
        self.listening.is_empty() && !is_node
    }

    async fn rise(self) -> Result<Server> {
        let Self { listening, core, .. } = self;
        let mut starting = Starting(Some(core.clone()));
        // Before the hooks, which may take long: whoever watches sees that the app lives, and is not ready.
        #[cfg(feature = "admin")]
        let admin = {
            let urls = || listening.iter().filter_map(Listening::websocket_url).collect();
            self.admin.map(|admin| admin.serve(&core, urls()))
        };
        hooks::start(&core).await?;
        for timer in &core.timers {
            timer.start();
        }
        tokio::spawn(clock::run(Arc::downgrade(&core)));
        // Its components are ready; clients come when it knows the way to the others.
        #[cfg(feature = "cluster")]
        if let (Some(node), Some(bound)) = (&core.node, self.bound) {
            core.join(node, bound).await?;
        }
        let mut addresses = Vec::new();
        for Listening { address, entrance } in listening {
            let address_shown = address.map(tracing::field::display);
            tracing::info!(address = address_shown, protocol = %entrance.describe(), "listening");
            addresses.extend(address);
            entrance.open(&core.door);
        }
        core.is_listening.store(true, Ordering::Release);
        // From now on, the server ends the app.
        starting.0 = None;
        let server = Server::new(core, addresses);
        #[cfg(feature = "admin")]
        let server = server.with_admin(admin);
        let routes: Vec<_> = server.routes().map(|route| route.name()).collect();
        tracing::debug!(?routes, "handlers");
        Ok(server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tcp;

    async fn is_unreachable(app: App) -> bool {
        build::build(app).await.expect("nothing is wrong with it").is_unreachable()
    }

    #[tokio::test]
    async fn an_app_without_a_listener_is_unreachable() {
        assert!(is_unreachable(App::new()).await);
        assert!(!is_unreachable(App::new().listen(Tcp::bind("127.0.0.1:0"))).await);
    }

    #[cfg(feature = "cluster")]
    #[test]
    fn a_node_without_a_listener_is_reachable() {
        let mut sim = turmoil::Builder::new().build();
        sim.client("node", async {
            let node = crate::Cluster::bind("0.0.0.0:7800").advertise("node:7800").master();
            assert!(!is_unreachable(App::new().cluster(node.trusted_network())).await);
            Ok(())
        });
        sim.run().expect("it is built");
    }
}
