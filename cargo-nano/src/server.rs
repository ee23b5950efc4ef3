//! The connection to a server.

mod advice;
mod either;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use nano::client::{Client, CloseReason};
use nano_build::manifest::{Handler, Kind};

use crate::duration::duration;
use crate::failure::{Failure, Outcome, Status};
use crate::json;
use crate::schema::Schema;
use either::Either;

/// The longest packet that is read or written: more than servers take, and less than a server that has gone wrong
/// could make a program keep.
const PACKET_LIMIT: usize = 8 * 1024 * 1024;

/// The options of all commands that talk to a server.
#[derive(Args, Debug)]
#[group(skip)]
pub(crate) struct Options {
    /// The server: tcp://host:port or ws://host:port/path, tls:// and wss:// for the same over TLS, or kcp://host:port
    url: String,
    /// The manifest that nano-build writes: it has the routes and their types, and Protobuf needs it
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The part `user` of the handshake, such as a token, for servers that ask for one
    #[arg(long, value_name = "JSON")]
    user: Option<String>,
    /// The version of the application to announce, for servers that ask for one
    #[arg(long, value_name = "VERSION")]
    client_version: Option<String>,
    /// The certificates to trust, in place of the system's
    #[arg(long, value_name = "PEM FILE")]
    ca: Option<PathBuf>,
    /// The time to wait for the handshake, and for each reply
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    timeout: Duration,
}

impl Options {
    /// Returns the URL of the server.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Reads the manifest, if one is named.
    pub(crate) fn schema(&self) -> Outcome<Option<Arc<Schema>>> {
        self.manifest.as_deref().map(Schema::read).transpose().map(|schema| schema.map(Arc::new))
    }

    /// Connects. `heard` is called with each push: its route, and its body in JSON where that is known.
    pub(crate) async fn connect(
        &self,
        schema: Option<Arc<Schema>>,
        mut heard: impl FnMut(&str, &[u8]) + Send + 'static,
    ) -> Outcome<Server> {
        let is_protobuf = schema.as_ref().is_some_and(|schema| schema.is_protobuf());
        let serializer = if is_protobuf { Either::Protobuf } else { Either::Json };
        let mut builder = Client::builder()
            .serializer(serializer)
            .client_type("cargo-nano")
            .handshake_timeout(self.timeout)
            .request_timeout(self.timeout)
            .packet_limit(PACKET_LIMIT);
        if let Some(user) = &self.user {
            builder = builder.user(json::parse_secret(user, "--user")?);
        }
        if let Some(version) = &self.client_version {
            builder = builder.version(version);
        }
        if let Some(path) = &self.ca {
            let pem = fs::read(path).map_err(|error| Failure::file(path, error))?;
            builder = builder.root_certificates(pem);
        }
        let pushes = schema.clone();
        let builder = builder.on_any(move |route, body| match &pushes {
            None => heard(route, &body),
            Some(schema) => match schema.decode_push(route, body) {
                Ok(text) => heard(route, &text),
                Err(problem) => heard(route, format!("(unreadable: {problem})").as_bytes()),
            },
        });
        let client = builder.connect(&self.url).await;
        let client = client.map_err(|error| advice::connecting(&self.url, &error))?;
        Ok(Server { client, schema, is_told_lost: false })
    }
}

/// A server that is connected.
#[derive(Debug)]
pub(crate) struct Server {
    client: Client<Either>,
    schema: Option<Arc<Schema>>,
    is_told_lost: bool,
}

/// A message that can be sent.
#[derive(Debug)]
pub(crate) struct Message {
    route: String,
    body: Bytes,
    pub(crate) kind: Kind,
}

impl Message {
    /// Reads a message as it was typed, without a connection. `kind` is that of a server without a manifest.
    pub(crate) fn new(
        schema: Option<&Schema>,
        route: &str,
        text: Option<&str>,
        kind: Option<Kind>,
    ) -> Outcome<Self> {
        let (kind, body) = match schema {
            None => {
                let text = text.unwrap_or("null");
                json::check(text, "the message")?;
                (kind.unwrap_or(Kind::Request), Bytes::copy_from_slice(text.as_bytes()))
            }
            Some(schema) => {
                let handler = schema.handler(route)?;
                if kind == Some(Kind::Request) && handler.kind == Kind::Notify {
                    let failure = Failure::usage(format!("`{route}` has no reply"));
                    return Err(failure.help("send it as a notify"));
                }
                (kind.unwrap_or(handler.kind), schema.encode(handler, text)?)
            }
        };
        Ok(Self { route: route.to_owned(), body, kind })
    }
}

impl Server {
    /// Sends a message. Returns the reply as JSON, or as bytes where it is no JSON; `None` for a notify.
    pub(crate) async fn send(&self, message: Message) -> Outcome<Option<Bytes>> {
        let Message { route, body, kind } = message;
        let handler = self.handler(&route);
        if kind == Kind::Notify {
            let sent = self.client.notify_bytes(&route, body).await;
            return sent.map(|()| None).map_err(|error| self.failure(&route, &error));
        }
        let reply = self.client.request_bytes(&route, body).await;
        let reply = reply.map_err(|error| self.failure(&route, &error))?;
        let reply = match (&self.schema, handler) {
            (Some(schema), Some(handler)) => schema.decode_reply(handler, reply),
            _ => Ok(reply),
        };
        let reply = reply.map_err(|problem| {
            let failure =
                Failure::refused(format!("the reply of {route} cannot be read: {problem}"));
            failure.help("is the manifest that of this server?")
        })?;
        Ok(Some(reply))
    }

    fn handler(&self, route: &str) -> Option<&Handler> {
        self.schema.as_ref()?.find(route)
    }

    fn failure(&self, route: &str, error: &nano::Error) -> Failure {
        let takes = || Some(self.schema.as_ref()?.signature(self.handler(route)?));
        advice::calling(route, error, || self.routes(), takes)
    }

    /// Returns the routes of the manifest, or without one those that the server announced.
    pub(crate) fn routes(&self) -> Vec<String> {
        match &self.schema {
            Some(schema) => schema.handlers().map(|handler| handler.route.clone()).collect(),
            None => self.client.dictionary().into_keys().collect(),
        }
    }

    /// Waits for the end of the connection.
    pub(crate) async fn lost(&self) -> Failure {
        let failure = |text| Failure::new(Status::Connection, text);
        match self.client.closed().await {
            CloseReason::Kicked { reason } => {
                failure(format!("the server closed the connection: {reason}"))
            }
            CloseReason::Broken { fault } => failure(format!(
                "the connection was closed: the server broke the protocol: {fault}"
            )),
            _ => failure("the connection was lost".to_owned()),
        }
    }

    /// Waits for the end of the connection, and for ever if that was told before.
    ///
    /// # Cancel safety
    ///
    /// The end is told by the next call.
    pub(crate) async fn lost_once(&mut self) -> Failure {
        if self.is_told_lost {
            std::future::pending::<()>().await;
        }
        let failure = self.lost().await;
        self.is_told_lost = true;
        failure
    }

    /// Returns `true` if the connection has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Says goodbye.
    pub(crate) async fn close(&self) {
        self.client.close().await;
    }
}

/// Runs the asynchronous part of a command.
pub(crate) fn block_on<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::usage(format!("no runtime: {error}")))?;
    runtime.block_on(work)
}
