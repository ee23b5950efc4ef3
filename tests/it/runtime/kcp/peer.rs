//! A peer that sends datagrams by hand.

use std::net::SocketAddr;

use bytes::BytesMut;
use nano::codec::{PacketKind, packet};
use tokio::net::UdpSocket;

use crate::promises::support::in_time;

pub(super) const PUSH: u8 = 81;
pub(super) const ACK: u8 = 82;

/// One conversation of a peer with a socket of its own.
pub(super) struct Peer {
    socket: UdpSocket,
    server: SocketAddr,
    pub(super) conv: u32,
    pub(super) sent: usize,
    pub(super) received: usize,
}

/// A segment that the server sent.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) conv: u32,
    pub(super) command: u8,
    pub(super) time: u32,
    pub(super) number: u32,
    pub(super) data: Vec<u8>,
}

impl Peer {
    pub(super) async fn new(server: SocketAddr, conv: u32) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        Self { socket, server, conv, sent: 0, received: 0 }
    }

    /// A segment of this conversation.
    pub(super) fn segment(&self, command: u8, number: u32, time: u32, data: &[u8]) -> Vec<u8> {
        let mut segment = self.conv.to_le_bytes().to_vec();
        segment.extend([command, 0]);
        segment.extend(128_u16.to_le_bytes());
        for word in [time, number, 0, data.len() as u32] {
            segment.extend(word.to_le_bytes());
        }
        segment.extend(data);
        segment
    }

    pub(super) async fn send(&mut self, datagram: &[u8]) {
        self.sent += datagram.len();
        self.socket.send_to(datagram, self.server).await.expect("loopback");
    }

    /// Receives the next datagram.
    pub(super) async fn receive(&mut self) -> Vec<Received> {
        let mut buffer = vec![0; 2048];
        let received = in_time("a datagram", self.socket.recv(&mut buffer)).await;
        let len = received.expect("loopback");
        self.received += len;
        let mut rest = &buffer[..len];
        let mut segments = Vec::new();
        while !rest.is_empty() {
            let word = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().expect("four"));
            let end = 24 + word(20) as usize;
            segments.push(Received {
                conv: word(0),
                command: rest[4],
                time: word(8),
                number: word(12),
                data: rest[24..end].to_vec(),
            });
            rest = &rest[end..];
        }
        segments
    }

    /// The first datagram of a stock client: its handshake.
    pub(super) fn first(&self) -> Vec<u8> {
        self.segment(PUSH, 0, 77, &handshake())
    }

    /// Sends the first datagram, and returns the sign that the answer asks for.
    pub(super) async fn knock(&mut self) -> Vec<u8> {
        let first = self.first();
        self.send(&first).await;
        let [asked] = &self.receive().await[..] else { panic!("expected one segment") };
        assert_eq!((asked.conv, asked.command, asked.number), (self.conv, PUSH, u32::MAX));
        assert_eq!(asked.data, b"");
        self.segment(ACK, asked.number, asked.time, b"")
    }

    /// Receives until data has come, confirms it, and returns it.
    pub(super) async fn data(&mut self) -> Vec<u8> {
        loop {
            let segments = self.receive().await;
            let mut data = Vec::new();
            for segment in segments.iter().filter(|segment| segment.command == PUSH) {
                data.extend(&segment.data);
                let ack = self.segment(ACK, segment.number, segment.time, b"");
                self.send(&ack).await;
            }
            if !data.is_empty() {
                return data;
            }
        }
    }
}

/// The handshake of a client that announces nothing.
pub(super) fn handshake() -> Vec<u8> {
    packet_of(PacketKind::Handshake, b"{}")
}

pub(super) fn packet_of(kind: PacketKind, body: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    packet::encode(kind, body, 65_536, &mut out).expect("it fits");
    out.to_vec()
}
