//! The options of an admin page.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The shortest token, in characters. Sixteen at random cannot be guessed.
const SHORTEST_TOKEN: usize = 16;

/// The format of manifests that the playground reads.
const MANIFEST_FORMAT: u32 = 1;

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
/// | `/nodes` | nodes of the cluster in JSON, with their links; none without a cluster | yes |
/// | `/rooms` | rooms of all types in JSON, with `after` and `limit` as for sessions | yes |
/// | `POST /rooms/<id>/close` | closes the room | always |
/// | `POST /sessions/<id>/kick` | kicks the session, with the reason of a body `{"reason": "..."}` | always |
/// | `/grafana.json` | a dashboard for Grafana | yes |
/// | `/playground/` | the [playground](crate::observability#the-playground), which asks for the token | no |
/// | `/playground/app` | its knowledge of the app: addresses, dictionary and manifest, in JSON | yes |
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
    pub(super) manifest: Option<String>,
    pub(super) websocket: Option<String>,
}

impl Admin {
    /// A page at `addr`, `host:port`; port 0 lets the system choose, and the log says which. An address that other machines
    /// reach needs a [token](Self::token), and TLS in front of it.
    pub fn bind(addr: impl ToString) -> Self {
        Self::new(Some(addr.to_string()))
    }

    /// A page that the application serves itself, with [`Server::admin_router`](crate::Server::admin_router). It needs a
    /// [token](Self::token).
    pub fn mounted() -> Self {
        Self::new(None)
    }

    fn new(address: Option<String>) -> Self {
        Self { address, token: None, render: None, manifest: None, websocket: None }
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

    /// Gives the [playground](crate::observability#the-playground) the types of messages: the text of the manifest that the
    /// build script writes by `nano_build::Config::manifest`. Without it, messages are written there as plain JSON, or as bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{Admin, App};
    ///
    /// # macro_rules! include_str { ($path:literal) => { r#"{"format": 1, "components": [], "pushes": []}"# } }
    /// let admin = Admin::bind("127.0.0.1:9250").manifest(include_str!("../manifest.json"));
    /// let app = App::new().admin(admin);
    /// ```
    pub fn manifest(mut self, text: impl Into<String>) -> Self {
        self.manifest = Some(text.into());
        self
    }

    /// Gives the [playground](crate::observability#the-playground) the address of the app's WebSocket as browsers reach it. By
    /// default it offers the app's [`WebSocket`](crate::WebSocket) listeners; it does not know of a
    /// [proxy](crate::proxies) in front of them, nor of [`Server::axum_route`](crate::Server).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{Admin, App};
    ///
    /// let app = App::new().admin(Admin::bind("127.0.0.1:9250").websocket("wss://game.example.org/nano"));
    /// ```
    pub fn websocket(mut self, url: impl Into<String>) -> Self {
        self.websocket = Some(url.into());
        self
    }

    /// Reports options that cannot be used, and returns the manifest.
    pub(super) fn check(&self, problems: &mut Vec<String>) -> Option<Box<RawValue>> {
        self.check_token(problems);
        if let Some(url) = &self.websocket
            && !(url.starts_with("ws://") || url.starts_with("wss://"))
        {
            problems.push(format!(
                "the WebSocket of the playground is at `{url}`; a URL begins with ws:// or wss://"
            ));
        }
        match self.manifest.as_deref().map(read_manifest)? {
            Ok(manifest) => Some(manifest),
            Err(problem) => {
                problems.push(problem);
                None
            }
        }
    }

    /// Reports a token that is none. It is not shown.
    fn check_token(&self, problems: &mut Vec<String>) {
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

/// Reads a manifest as far as to know that it is one.
fn read_manifest(text: &str) -> Result<Box<RawValue>, String> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    let fault = |error| format!("the manifest of the admin page is none of nano-build: {error}");
    let Head { format } = serde_json::from_str(text).map_err(fault)?;
    if format != MANIFEST_FORMAT {
        return Err(format!(
            "the manifest of the admin page has format {format}; {MANIFEST_FORMAT} can be read: use nano and nano-build of one version"
        ));
    }
    serde_json::from_str(text).map_err(fault)
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("address", &self.address)
            .field("has_token", &self.token.is_some())
            .finish_non_exhaustive()
    }
}
