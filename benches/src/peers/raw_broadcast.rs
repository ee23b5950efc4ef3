//! The limit of broadcasts over TCP and WebSocket: shared bytes, a queue per member, one write per wakeup.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{HANDSHAKE_REPLY, raw, raw_ws};
use crate::transport::Transport;

const HEADER: usize = 4;
const HANDSHAKE: u8 = 1;
const DATA: u8 = 4;
const REQUEST: u8 = 0;
const RESPONSE: u8 = 2 << 1;
const PUSH: u8 = 3 << 1;

/// The number of waiting pushes that are taken at once.
const BATCH: usize = 64;

type Members = Arc<Mutex<Vec<mpsc::UnboundedSender<Bytes>>>>;

pub(super) async fn serve(listener: TcpListener, transport: Transport) -> Result<()> {
    let members = Members::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let members = members.clone();
        tokio::spawn(async move {
            // The generator sees the connection's end and tells of it.
            if transport.is_websocket() {
                let _ = websocket_session(stream, members).await;
            } else {
                let _ = session(stream, members).await;
            }
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
        while let Some(packet) = split_packet(&mut buffer) {
            heard(packet, &members, &queue);
        }
    }
    Ok(())
}

/// The same in the frames of a WebSocket, each of which holds one packet.
async fn websocket_session(stream: TcpStream, members: Members) -> Result<(), Error> {
    let (mut sink, mut socket) = raw_ws::upgrade(stream).await?.split();
    let (queue, mut waiting) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut batch = Vec::new();
        while waiting.recv_many(&mut batch, BATCH).await > 0 {
            for packet in batch.drain(..) {
                sink.feed(Message::Binary(packet)).await?;
            }
            sink.flush().await?;
        }
        Ok::<(), Error>(())
    });
    while let Some(message) = socket.next().await {
        let Message::Binary(packet) = message? else { continue };
        match packet.first() {
            Some(&HANDSHAKE) => drop(queue.send(Bytes::from_static(HANDSHAKE_REPLY))),
            Some(&DATA) => heard(packet.into(), &members, &queue),
            _ => {}
        }
    }
    Ok(())
}

/// Adds a member, or sends what it says to all of them.
fn heard(mut packet: BytesMut, members: &Members, queue: &mpsc::UnboundedSender<Bytes>) {
    let Some(flag) = packet.get_mut(HEADER) else { return };
    let is_join = *flag == REQUEST;
    *flag = if is_join { RESPONSE } else { PUSH };
    let packet = packet.freeze();
    let mut members = members.lock().unwrap_or_else(PoisonError::into_inner);
    if is_join {
        members.push(queue.clone());
        let _ = queue.send(packet);
        return;
    }
    for member in members.iter() {
        let _ = member.send(packet.clone());
    }
}

/// Takes a whole packet off the front.
pub(super) fn split_packet(buffer: &mut BytesMut) -> Option<BytesMut> {
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
