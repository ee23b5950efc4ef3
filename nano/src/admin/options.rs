//! The options of an admin page.

use std::fmt;
use std::sync::Arc;

/// The shortest token, in characters. Sixteen at random cannot be guessed.
const SHORTEST_TOKEN: usize = 16;

/// A function that renders metrics.
pub(super) type Render = Arc<dyn Fn() -> String + Send + Sync>;

/// The admin page of an app, for [`App::admin`](crate::App::admin): metrics for Prometheus, health checks, lists of routes and
/// sessions, and a live page. Needs the feature `admin`.
///
/// | path | content | token |
/// |---|---|---|
/// | `/` | the live page, which asks for the token | no |
/// | `/healthz` | 200 as long as the process serves | no |
/// | `/readyz` | 200 while the app takes clients ([`Server::is_ready`](crate::Server::is_ready)), else 503 | no |
/// | `/metrics` | the [metrics](crate::observability#metrics), for Prometheus | yes |
/// | `/routes` | the routes that have handlers, with their policies, in JSON | yes |
/// | `/sessions` | sessions in JSON, 100 at a time: `?after=<id>` goes on, `?limit=` is 500 at most, `?uid=<text>` finds users whose id contains the text | yes |
/// | `/rooms` | rooms of all types in JSON, with `after` and `limit` as for sessions | yes |
/// | `POST /rooms/<id>/close` | closes the room | always |
/// | `POST /sessions/<id>/kick` | kicks the session, with the reason of a body `{"reason": "..."}` | always |
/// | `/grafana.json` | a dashboard for Grafana | yes |
///
/// The token is sent in the header `Authorization: Bearer <token>`, and nowhere else. Without one, only this machine can
/// reach the page, and it only shows: nothing can be kicked or closed.
///
/// # Examples
///
/// ```
/// use nano::{Admin, App};
///
/// let app = App::new().admin(Admin::bind("127.0.0.1:9250"));
/// // For other machines, behind TLS: the token comes from the environment.
/// # let token = "0123456789abcdef0123456789abcdef";
/// let app = App::new().admin(Admin::bind("0.0.0.0:9250").token(token));
/// ```
#[must_use = "an admin page does nothing until it is given to an app"]
pub struct Admin {
    /// `None` for a page that the application serves.
    pub(super) address: Option<String>,
    pub(super) token: Option<String>,
    pub(super) render: Option<Render>,
}

impl Admin {
    /// A page at `addr`, `host:port`; port 0 lets the system choose, and the log says which. An address that other machines
    /// reach needs a [token](Self::token), and TLS in front of it.
    pub fn bind(addr: impl ToString) -> Self {
        Self { address: Some(addr.to_string()), token: None, render: None }
    }

    /// A page that the application serves itself, with [`Server::admin_router`](crate::Server::admin_router). It needs a
    /// [token](Self::token).
    pub fn mounted() -> Self {
        Self { address: None, token: None, render: None }
    }

    /// Asks everybody for this token: 16 visible ASCII characters at least, better 32 at random.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Answers `/metrics` with the text that `render` returns, such as that of the recorder that the application installed
    /// for its own metrics as well. By default, the page has a recorder of its own, beside those of
    /// [`App::metrics`](crate::App::metrics), and shows the app's metrics only.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{Admin, App, InstalledRecorder};
    ///
    /// # fn render() -> String { String::new() }
    /// // let handle = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    /// // let render = move || handle.render();
    /// let admin = Admin::bind("127.0.0.1:9250").metrics(render);
    /// let app = App::new().metrics(InstalledRecorder).admin(admin);
    /// ```
    pub fn metrics(mut self, render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.render = Some(Arc::new(render));
        self
    }

    /// Reports a token that is none. It is not shown.
    pub(super) fn check(&self, problems: &mut Vec<String>) {
        let Some(token) = &self.token else { return };
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            problems
                .push("the token of the admin page has other characters than visible ASCII".into());
        } else if token.len() < SHORTEST_TOKEN {
            problems.push(format!(
                "the token of the admin page has {} characters; {SHORTEST_TOKEN} are the least",
                token.len()
            ));
        }
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("address", &self.address)
            .field("has_token", &self.token.is_some())
            .finish_non_exhaustive()
    }
}
