//! The HTTP request that becomes a WebSocket, or is refused with a readable answer.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::handshake::machine::TryParse;
use tokio_tungstenite::tungstenite::handshake::server::{
    Request, Response, create_response, write_response,
};
use tokio_tungstenite::tungstenite::http::StatusCode;

/// The longest head of a request, in bytes.
const HEAD_LIMIT: usize = 8 * 1024;

/// Reads the upgrade request and answers it. Returns the bytes that the client sent behind it, or `None` when
/// the request was answered with a refusal.
///
/// The caller sets the deadline.
pub(crate) async fn upgrade<S>(io: &mut S, path: &str) -> io::Result<Option<Vec<u8>>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut head = Vec::new();
    let (len, request) = loop {
        match Request::try_parse(&head) {
            Ok(Some(parsed)) => break parsed,
            Ok(None) if head.len() >= HEAD_LIMIT => {
                let text = format!("the request head exceeds {HEAD_LIMIT} bytes");
                refuse(io, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &text).await?;
                return Ok(None);
            }
            Ok(None) => {}
            Err(_) => {
                let text =
                    format!("this port speaks WebSocket at {path}, and this is no request for it");
                refuse(io, StatusCode::BAD_REQUEST, &text).await?;
                return Ok(None);
            }
        }
        let room = (HEAD_LIMIT - head.len()) as u64;
        if (&mut *io).take(room.min(1024)).read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    };
    if request.uri().path() != path {
        let text = format!("nothing here; the WebSocket is at {path}");
        refuse(io, StatusCode::NOT_FOUND, &text).await?;
        return Ok(None);
    }
    match response(&request) {
        Ok(accepted) => {
            let mut bytes = Vec::new();
            write_response(&mut bytes, &accepted).map_err(io::Error::other)?;
            io.write_all(&bytes).await?;
            Ok(Some(head.split_off(len)))
        }
        Err(text) => {
            refuse(io, StatusCode::UPGRADE_REQUIRED, &text).await?;
            Ok(None)
        }
    }
}

/// Returns the answer that turns the connection into a WebSocket, or the reason of a refusal.
pub(crate) fn response(request: &Request) -> Result<Response, String> {
    create_response(request).map_err(|error| {
        format!("this address speaks the nano protocol over WebSocket, to a game client: {error}")
    })
}

async fn refuse<S>(io: &mut S, status: StatusCode, text: &str) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    // A browser does not show the response to the page, so the reason goes to the log as well.
    tracing::debug!(%status, reason = text, "an upgrade was refused");
    let upgrade =
        if status == StatusCode::UPGRADE_REQUIRED { "Upgrade: websocket\r\n" } else { "" };
    let response = format!(
        "HTTP/1.1 {status}\r\n{upgrade}Content-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{text}\n",
        text.len() + 1,
    );
    io.write_all(response.as_bytes()).await?;
    io.shutdown().await
}
