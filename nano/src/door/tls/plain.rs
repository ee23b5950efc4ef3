//! The answer to a peer that speaks without TLS on a port for TLS.

use std::net::SocketAddr;

use tokio_tungstenite::tungstenite::http::{Method, StatusCode};

use crate::door::upgrade::Answer;
use crate::door::{Stranger, Stream, farewell};
use crate::log::{Log, limited};
use crate::session::CloseReason;
use crate::wire::dialect::Family;

/// The first bytes of a handshake packet of less than 64 KiB.
const PACKET: &[u8] = &[1, 0];

/// Tells the peer that the port speaks TLS, as far as its protocol is known by its first bytes.
pub(super) async fn refuse<S: Stream>(
    mut stream: S,
    first: &[u8],
    peer: Option<SocketAddr>,
    log: &Log,
) {
    let stranger = Stranger::of_first_bytes(first);
    if stranger == Some(Stranger::Proxy) {
        limited!(log, ProxyUnexpected, ?peer);
        return;
    }
    limited!(log, TlsExpected, first = %first.escape_ascii(), ?peer);
    let answer = if stranger == Some(Stranger::Http) {
        let text = "this port speaks TLS: the URL has to begin with https:// or wss://";
        Answer::new(StatusCode::BAD_REQUEST, text).to_text(&Method::GET).into_bytes()
    } else if first.starts_with(PACKET) {
        let reason = CloseReason::Protocol("this port speaks TLS".into());
        reason.kick(Family::Nano).unwrap_or_default().to_vec()
    } else {
        return;
    };
    if let Err(error) = farewell::send(&mut stream, &answer).await {
        tracing::debug!(%error, ?peer, "a peer without TLS was not told of it");
    }
}
