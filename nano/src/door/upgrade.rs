//! The HTTP request that becomes a WebSocket, or is refused with a readable answer.

mod answer;
mod head;
mod options;

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::handshake::server::write_response;
use tokio_tungstenite::tungstenite::http::{Method, Request, StatusCode};

use super::{Admission, Stranger, farewell, forwarded, traced};
use crate::TraceParent;
use crate::log::{Log, limited};
pub(crate) use answer::{Accepted, Answer};
use head::{Head, Unreadable};
pub use options::Upgrade;

/// The answers of a WebSocket listener.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The path of the WebSocket.
    pub(super) path: String,
    /// The path of the health check.
    pub(super) health: Option<String>,
    /// The longest head of a request, in bytes.
    pub(super) head_limit: usize,
    pub(super) options: Upgrade,
}

/// A stream that has become a WebSocket.
pub(super) struct Upgraded {
    /// The bytes that the client sent behind its request.
    pub(super) early: Vec<u8>,
    /// The client's address, as far as it is known.
    pub(super) client: Option<SocketAddr>,
    /// The trace that the request belongs to.
    pub(super) trace: Option<TraceParent>,
}

impl Rules {
    /// Reads a request and answers it; `None` when the answer was no upgrade.
    ///
    /// The caller sets the deadline.
    pub(super) async fn upgrade<S>(
        &self,
        io: &mut S,
        peer: Option<SocketAddr>,
        admission: &Admission,
    ) -> io::Result<Option<Upgraded>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Head { request, early } = match head::read(io, self.head_limit).await? {
            Ok(head) => head,
            Err(unreadable) => {
                let answer = self.unreadable(unreadable, peer, admission.log());
                return finish(io, &Method::GET, &answer).await.map(|()| None);
            }
        };
        let client = forwarded::client(request.headers(), self.options.proxies, peer);
        let answer = match self.upgraded(&request, client, admission) {
            Ok(response) => {
                let mut bytes = Vec::new();
                write_response(&mut bytes, &response).map_err(io::Error::other)?;
                io.write_all(&bytes).await?;
                io.flush().await?;
                let trace = traced::trace(request.headers());
                return Ok(Some(Upgraded { early, client, trace }));
            }
            Err(answer) => answer,
        };
        finish(io, request.method(), &answer).await.map(|()| None)
    }

    /// Returns the answer that accepts the upgrade, or another one.
    fn upgraded(
        &self,
        request: &Request<()>,
        client: Option<SocketAddr>,
        admission: &Admission,
    ) -> Result<Accepted, Answer> {
        let path = request.uri().path();
        let is_upgrade = answer::asks_for_upgrade(request);
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        if self.health.as_deref() == Some(path) && !is_upgrade && is_read {
            return Err(match admission.is_draining() {
                false => Answer::new(StatusCode::OK, "ok"),
                true => Answer::new(StatusCode::SERVICE_UNAVAILABLE, "the server is shutting down"),
            });
        }
        if path != self.path {
            let text = format!("nothing here; the WebSocket is at {}", self.path);
            return Err(Answer::new(StatusCode::NOT_FOUND, text));
        }
        self.options.accept(request, client, admission.log())
    }

    /// Returns the answer to what is no request.
    fn unreadable(&self, unreadable: Unreadable, peer: Option<SocketAddr>, log: &Log) -> Answer {
        let text = match unreadable {
            Unreadable::TooLong(text) => {
                limited!(log, HeadTooLong, reason = text, ?peer);
                return Answer::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, text);
            }
            Unreadable::NoRequest(stranger) => {
                if stranger == Some(Stranger::Proxy) {
                    limited!(log, ProxyUnexpected, ?peer);
                }
                let (path, advice) = (&self.path, stranger.map(Stranger::advice));
                let advice = advice.map(|advice| format!("; {advice}")).unwrap_or_default();
                format!(
                    "this port speaks WebSocket at {path}, and this is no request for it{advice}"
                )
            }
        };
        Answer::new(StatusCode::BAD_REQUEST, text)
    }
}

/// Sends the last answer of a connection.
async fn finish<S>(io: &mut S, method: &Method, answer: &Answer) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // A browser does not show the answer to the page, so the reason goes to the log as well.
    tracing::debug!(status = %answer.status, reason = answer.text, "a request was no upgrade");
    farewell::send(io, answer.to_text(method).as_bytes()).await
}
