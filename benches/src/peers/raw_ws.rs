//! The limit over WebSocket, with TLS or without: a tokio-tungstenite server that reads packet headers only.
//!
//! All frames that are there are read and answered before one flush. The buffers are of 4 KiB:
//! tungstenite clears a whole read buffer before each read, and its default is 128 KiB.

use anyhow::Result;
use bytes::Bytes;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{HANDSHAKE_REPLY, raw};

const HEADER: usize = 4;
const HANDSHAKE: u8 = 1;
const DATA: u8 = 4;

pub(super) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let tls = tls.clone();
        tokio::spawn(async {
            // The generator sees the connection's end and tells of it.
            let _ = match tls {
                None => session(stream).await,
                // Boxed, since its future is several times larger than that of TCP.
                Some(tls) => Box::pin(encrypted(stream, tls)).await,
            };
        });
    }
}

async fn encrypted(stream: TcpStream, tls: TlsAcceptor) -> Result<(), Error> {
    session(tls.accept(stream).await?).await
}

async fn session<S: AsyncRead + AsyncWrite + Unpin>(stream: S) -> Result<(), Error> {
    let mut socket = upgrade(stream).await?;
    while let Some(message) = socket.next().await {
        let mut message = Some(message);
        while let Some(next) = message {
            if let Some(reply) = answer(next?) {
                socket.feed(reply).await?;
            }
            message = socket.next().now_or_never().flatten();
        }
        socket.flush().await?;
    }
    Ok(())
}

/// Accepts a WebSocket with small buffers.
pub(super) async fn upgrade<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
) -> Result<WebSocketStream<S>, Error> {
    let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096);
    // Boxed, since the upgrade's future is several times larger than the session's.
    Box::pin(tokio_tungstenite::accept_async_with_config(stream, Some(config))).await
}

/// The frame that answers a frame, if one does: each frame holds one packet.
fn answer(message: Message) -> Option<Message> {
    let Message::Binary(packet) = message else { return None };
    match packet.first() {
        Some(&HANDSHAKE) => Some(Message::Binary(Bytes::from_static(HANDSHAKE_REPLY))),
        Some(&DATA) => {
            let mut packet = Vec::from(packet);
            if let Some(flag) = packet.get_mut(HEADER) {
                *flag = raw::answer_to(*flag);
            }
            Some(Message::Binary(packet.into()))
        }
        _ => None,
    }
}
