//! The client's announcement of itself, on which the server's form of messages depends.

use serde_json::{Value, json};

use crate::wire::resume;
use crate::{Error, ErrorKind, Result, TraceParent};

/// The frameworks whose clients a server tells apart by their handshake.
///
/// [`Native`](Dialect::Native) is right for every application. The others exist for tests of what such a
/// client would be sent.
///
/// # Examples
///
/// ```no_run
/// use nano::client::{Client, Dialect};
///
/// # async fn connect() -> nano::Result<()> {
/// let client = Client::builder().dialect(Dialect::Pitaya).connect("tcp://127.0.0.1:3250").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// A client of this crate, which lists the features it has.
    #[default]
    Native,
    /// A client of Go nano or pomelo: no error flag, no compressed bodies.
    Nano,
    /// A client of pitaya: error flag, compressed bodies, no dictionary.
    Pitaya,
}

/// The feature by which a client asks for the error flag.
const ERRORS: &str = "errors";

/// The features of this client.
const FEATURES: [&str; 3] = [ERRORS, "zlib", resume::FEATURE];

/// The contents of the `sys` object of the handshake.
#[derive(Clone, Debug)]
pub(super) struct Announcement {
    pub(super) dialect: Dialect,
    pub(super) client_type: Option<String>,
    pub(super) version: Option<String>,
    pub(super) traceparent: Option<String>,
    pub(super) features: Vec<String>,
}

impl Default for Announcement {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            client_type: None,
            version: None,
            traceparent: None,
            features: FEATURES.map(str::to_owned).to_vec(),
        }
    }
}

impl Announcement {
    pub(super) fn sys(&self) -> Value {
        let named = |default: &str, name: &Option<String>| name.clone().unwrap_or(default.into());
        let mut sys = match self.dialect {
            Dialect::Native => json!({
                "type": named("nano-rust", &self.client_type),
                "version": named(env!("CARGO_PKG_VERSION"), &self.version),
                "features": self.features,
            }),
            Dialect::Nano => json!({
                "type": named("js-websocket", &self.client_type),
                "version": named("0.0.1", &self.version),
            }),
            Dialect::Pitaya => json!({
                "platform": named("linux", &self.client_type),
                "libVersion": "0.3.5-release",
                "clientBuildNumber": "1",
                "clientVersion": named("1.0.0", &self.version),
            }),
        };
        if let Some(trace) = &self.traceparent {
            sys["traceparent"] = json!(trace);
        }
        sys
    }

    /// Fails when the trace has another form than servers read, which would ignore it.
    pub(super) fn check(&self) -> Result<()> {
        match &self.traceparent {
            Some(trace) if TraceParent::parse(trace.as_bytes()).is_none() => {
                let message = format!(
                    "the traceparent {trace:?} is none of W3C Trace Context: expected \
                     `00-<32 digits>-<16 digits>-<2 digits>`, in lower case and not all zero"
                );
                Err(Error::new(ErrorKind::Config, message))
            }
            _ => Ok(()),
        }
    }

    /// Leaves out that this client can come back, because it cannot.
    pub(super) fn forget_resume(&mut self) {
        self.features.retain(|feature| feature != resume::FEATURE);
    }

    /// Returns `true` if a reply without the error flag is always a success.
    pub(super) fn flags_errors(&self) -> bool {
        match self.dialect {
            Dialect::Native => self.features.iter().any(|feature| feature == ERRORS),
            Dialect::Nano => false,
            Dialect::Pitaya => true,
        }
    }
}
