//! The limit over TCP and TLS: a tokio server that reads packet headers only, and echoes in place.
//!
//! Everything that a wakeup finds is answered with one write: two system calls per wakeup.

use std::io;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::HANDSHAKE_REPLY;

const HEADER: usize = 4;
/// The flag byte of a response, and of a push.
const RESPONSE: u8 = 2 << 1;
const PUSH: u8 = 3 << 1;
const NOTIFY: u8 = 1 << 1;

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

async fn encrypted(stream: TcpStream, tls: TlsAcceptor) -> io::Result<()> {
    session(tls.accept(stream).await?).await
}

async fn session(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    handshake(&mut stream).await?;
    let mut buffer = vec![0; 512];
    let mut filled = 0;
    loop {
        // A read that does not fill the buffer tells tokio that the socket is empty, and saves a call.
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        let whole = answer(&mut buffer[..filled]);
        stream.write_all(&buffer[..whole]).await?;
        stream.flush().await?;
        buffer.copy_within(whole..filled, 0);
        let full = filled == buffer.len();
        filled -= whole;
        if full {
            buffer.resize(buffer.len() * 2, 0);
        }
    }
}

/// Turns the whole packets at the front into responses, and returns their length.
fn answer(buffer: &mut [u8]) -> usize {
    let mut at = 0;
    while let Some(&[_, a, b, c, ..]) = buffer.get(at..) {
        let end = at + HEADER + u32::from_be_bytes([0, a, b, c]) as usize;
        if end > buffer.len() {
            break;
        }
        if let Some(flag) = buffer.get_mut(at + HEADER) {
            *flag = answer_to(*flag);
        }
        at = end;
    }
    at
}

/// The flag of the message that answers a request or a notify.
pub(super) fn answer_to(flag: u8) -> u8 {
    if flag == NOTIFY { PUSH } else { RESPONSE }
}

/// Answers the handshake and takes the ack.
pub(super) async fn handshake(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> io::Result<()> {
    let mut header = [0; HEADER];
    stream.read_exact(&mut header).await?;
    let [_, a, b, c] = header;
    let mut body = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
    stream.read_exact(&mut body).await?;
    stream.write_all(HANDSHAKE_REPLY).await?;
    stream.flush().await?;
    stream.read_exact(&mut header).await?;
    Ok(())
}
