//! Misbehaviour with WebSockets and TLS.

use super::Act::{Drips, Floods, Goes, IsEnded, Resets};
use super::{Act, Behaviour, Opening, TLS, WEBSOCKET};
use crate::connection::UPGRADE;
use crate::connection::frame::{BINARY, CLOSE, PING, masked};
use crate::packet::{ACK, DATA, HANDSHAKE, packet};
use fastrand::Rng;

const fn http(name: &'static str, act: fn(&mut Rng) -> Act) -> Behaviour {
    Behaviour { name, transport: WEBSOCKET, opening: Opening::Nothing, act }
}

const fn frames(name: &'static str, act: fn(&mut Rng) -> Act) -> Behaviour {
    Behaviour { name, transport: WEBSOCKET, opening: Opening::Upgrade, act }
}

/// With the bare stream of the port for TLS.
const fn plain(name: &'static str, act: fn(&mut Rng) -> Act) -> Behaviour {
    Behaviour { name, transport: None, opening: Opening::Nothing, act }
}

const fn tls(name: &'static str, act: fn(&mut Rng) -> Act) -> Behaviour {
    Behaviour { name, transport: TLS, opening: Opening::Nothing, act }
}

/// A frame with `first` as its first byte, whose payload is masked.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = masked(BINARY, payload);
    frame[0] = first;
    frame
}

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    http("half an upgrade", |_| IsEnded(UPGRADE.as_bytes()[..60].to_vec())),
    http("a slow upgrade", |_| Drips(UPGRADE.into())),
    http("a long upgrade", |_| {
        IsEnded(format!("GET /nano HTTP/1.1\r\nX: {}", "x".repeat(60_000)).into())
    }),
    http("a page", |_| IsEnded(b"GET /favicon.ico HTTP/1.1\r\nHost: a\r\n\r\n".into())),
    http("another version", |_| IsEnded(UPGRADE.replace("Version: 13", "Version: 8").into())),
    http("packets on a port for WebSockets", |_| IsEnded(packet(HANDSHAKE, b"{}"))),
    frames("no frame", |_| IsEnded(Vec::new())),
    frames("a frame without a mask", |_| IsEnded(vec![0x82, 2, 1, 2])),
    frames("reserved bits", |_| IsEnded(frame(0xf2, b"{}"))),
    frames("an unknown opcode", |_| IsEnded(frame(0x83, b"{}"))),
    frames("a continuation of nothing", |_| IsEnded(frame(0x80, b"{}"))),
    frames("a long ping", |_| IsEnded(masked(PING, &[0; 126]))),
    frames("a ping in pieces", |_| IsEnded(frame(PING, b"{}"))),
    frames("a frame of 2^40 bytes", |_| {
        IsEnded([&[0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4][..], b"{}"].concat())
    }),
    frames("a close with a wrong code", |_| IsEnded(masked(CLOSE, &[0, 1]))),
    frames("a close of one byte", |_| IsEnded(masked(CLOSE, &[3]))),
    frames("data behind a close", |_| {
        IsEnded(
            [masked(CLOSE, &1000_u16.to_be_bytes()), masked(BINARY, &packet(DATA, b"{}"))].concat(),
        )
    }),
    frames("empty frames", |_| Floods(masked(BINARY, b"").repeat(100))),
    frames("pings", |_| Floods(masked(PING, b"ping").repeat(100))),
    frames("a packet in many frames", |_| {
        Goes(packet(HANDSHAKE, b"{}").iter().flat_map(|byte| masked(BINARY, &[*byte])).collect())
    }),
    frames("a reset in a frame", |_| Resets(masked(BINARY, &packet(ACK, &[0; 50]))[..20].to_vec())),
    plain("half a hello of TLS", |_| IsEnded(vec![0x16, 3, 1, 0, 200, 1, 0, 0])),
    plain("packets on a port for TLS", |_| IsEnded(packet(HANDSHAKE, b"{}"))),
    plain("silence on a port for TLS", |_| IsEnded(Vec::new())),
    tls("silence over TLS", |_| IsEnded(Vec::new())),
    tls("garbage over TLS", |_| IsEnded(vec![200; 100])),
    tls("a reset over TLS", |_| Resets(packet(HANDSHAKE, b"{}"))),
];
