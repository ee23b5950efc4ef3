//! The limit of broadcasts over TCP: shared bytes, a queue per member, one write per wakeup.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::raw;

const HEADER: usize = 4;
const REQUEST: u8 = 0;
const RESPONSE: u8 = 2 << 1;
const PUSH: u8 = 3 << 1;

/// The number of waiting pushes that are taken at once.
const BATCH: usize = 64;

type Members = Arc<Mutex<Vec<mpsc::UnboundedSender<Bytes>>>>;

pub(super) async fn serve(listener: TcpListener) -> Result<()> {
    let members = Members::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let members = members.clone();
        tokio::spawn(async {
            // The generator sees the connection's end and tells of it.
            let _ = session(stream, members).await;
        });
    }
}

async fn session(mut stream: TcpStream, members: Members) -> io::Result<()> {
    raw::handshake(&mut stream).await?;
    let (mut reader, writer) = stream.into_split();
    let (queue, waiting) = mpsc::unbounded_channel();
    tokio::spawn(write(writer, waiting));
    let mut buffer = BytesMut::with_capacity(512);
    while reader.read_buf(&mut buffer).await? > 0 {
        while let Some(mut packet) = split_packet(&mut buffer) {
            let Some(flag) = packet.get_mut(HEADER) else { continue };
            let is_join = *flag == REQUEST;
            *flag = if is_join { RESPONSE } else { PUSH };
            let packet = packet.freeze();
            let mut members = members.lock().unwrap_or_else(PoisonError::into_inner);
            if is_join {
                members.push(queue.clone());
                let _ = queue.send(packet);
                continue;
            }
            for member in members.iter() {
                let _ = member.send(packet.clone());
            }
        }
    }
    Ok(())
}

/// Takes a whole packet off the front.
fn split_packet(buffer: &mut BytesMut) -> Option<BytesMut> {
    let mut header = buffer.get(..HEADER)?;
    let end = HEADER + (header.get_u32() & 0xFF_FFFF) as usize;
    (buffer.len() >= end).then(|| buffer.split_to(end))
}

/// Writes what waits for one member, as much as there is at once.
async fn write(
    mut writer: OwnedWriteHalf,
    mut waiting: mpsc::UnboundedReceiver<Bytes>,
) -> io::Result<()> {
    let (mut batch, mut out) = (Vec::new(), Vec::new());
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        batch.drain(..).for_each(|packet| out.extend_from_slice(&packet));
        writer.write_all(&out).await?;
        out.clear();
    }
    Ok(())
}
