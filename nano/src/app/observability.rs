//! The settings of what those who run an app see of it.

#[cfg(feature = "admin")]
use std::net::SocketAddr;

use metrics::Recorder;

use super::App;
#[cfg(feature = "admin")]
use super::Server;
#[cfg(feature = "admin")]
use crate::admin::{Admin, Served};

impl App {
    /// Tells `recorder` the app's metrics: any recorder of the crate `metrics` (0.24), such as that of
    /// `metrics-exporter-prometheus`. [`InstalledRecorder`](crate::InstalledRecorder) stands for the one that the whole
    /// process has. Without this, nothing is counted, and no time is taken.
    ///
    /// Each call adds a recorder. Two apps with one recorder add up: give each its own to tell them apart. The page
    /// [`observability`](crate::observability) lists the metrics.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, InstalledRecorder};
    ///
    /// let app = App::new().metrics(InstalledRecorder);
    /// ```
    pub fn metrics(mut self, recorder: impl Recorder + Send + Sync + 'static) -> Self {
        self.recorders.push(Box::new(recorder));
        self
    }

    /// Adds an [admin page](crate::Admin): metrics, health, lists, and a live page. A second call replaces the first. Needs the
    /// feature `admin`.
    ///
    /// The app does not start when the page would be open to other machines without a token.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{Admin, App};
    ///
    /// let app = App::new().admin(Admin::bind("127.0.0.1:9250"));
    /// ```
    #[cfg(feature = "admin")]
    pub fn admin(mut self, admin: Admin) -> Self {
        self.admin = Some(admin);
        self
    }
}

/// The admin page of a running app.
#[cfg(feature = "admin")]
impl Server {
    /// Returns the address of the admin page, with the port that the system chose; `None` when the app has none of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{Admin, App};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> nano::Result<()> {
    /// let server = App::new().admin(Admin::bind("127.0.0.1:0")).start().await?;
    /// assert!(server.admin_address().is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn admin_address(&self) -> Option<SocketAddr> {
        match self.admin()? {
            Served::At(address) => *address,
            Served::Mounted(_) => None,
        }
    }

    /// Returns the routes of an [`Admin::mounted`] page, for an axum `Router` of the application's; `None` when the app has
    /// no such page.
    ///
    /// # Examples
    ///
    /// ```
    /// use axum::Router;
    /// use nano::{Admin, App};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> nano::Result<()> {
    /// # let token = "0123456789abcdef0123456789abcdef";
    /// let server = App::new().admin(Admin::mounted().token(token)).start().await?;
    /// let admin = server.admin_router().expect("it is mounted");
    /// let site: Router = Router::new().nest("/admin", admin);
    /// # Ok(())
    /// # }
    /// ```
    pub fn admin_router(&self) -> Option<axum::Router> {
        match self.admin()? {
            Served::Mounted(router) => Some(router.clone()),
            Served::At(_) => None,
        }
    }
}
