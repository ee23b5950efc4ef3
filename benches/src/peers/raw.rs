//! The limit over TCP: a tokio server that reads packet headers only, and echoes in place.
//!
//! Everything that a wakeup finds is answered with one write: two system calls per wakeup.

use std::io;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::HANDSHAKE_REPLY;

const HEADER: usize = 4;
/// The flag byte of a response.
const RESPONSE: u8 = 2 << 1;

pub(super) async fn serve(listener: TcpListener) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async {
            // The generator sees the connection's end and tells of it.
            let _ = session(stream).await;
        });
    }
}

async fn session(mut stream: TcpStream) -> io::Result<()> {
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
            *flag = RESPONSE;
        }
        at = end;
    }
    at
}

/// Answers the handshake and takes the ack.
pub(super) async fn handshake(stream: &mut TcpStream) -> io::Result<()> {
    let mut header = [0; HEADER];
    stream.read_exact(&mut header).await?;
    let [_, a, b, c] = header;
    let mut body = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
    stream.read_exact(&mut body).await?;
    stream.write_all(HANDSHAKE_REPLY).await?;
    stream.read_exact(&mut header).await?;
    Ok(())
}
