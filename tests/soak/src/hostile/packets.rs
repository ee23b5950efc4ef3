//! Misbehaviour with packets and messages.

use std::io::Write as _;

use fastrand::Rng;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::Act::{Drips, Floods, Goes, IsEnded, Resets};
use super::{Act, Behaviour, Opening, TCP};
use crate::packet::{ACK, DATA, HANDSHAKE, HEARTBEAT, KICK, Route, message, packet};

const fn one(name: &'static str, opening: Opening, act: fn(&mut Rng) -> Act) -> Behaviour {
    Behaviour { name, transport: TCP, opening, act }
}

fn request(route: &str, body: &[u8]) -> Vec<u8> {
    packet(DATA, &message(Some(1), &Route::Name(route.into()), body))
}

fn garbage(rng: &mut Rng) -> Vec<u8> {
    // Its first byte is the type of no packet.
    let len = rng.usize(1..400);
    std::iter::once(rng.u8(6..)).chain((1..len).map(|_| rng.u8(..))).collect()
}

/// A message with a body that inflates to 16 MiB.
fn bomb() -> Vec<u8> {
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 16];
    let written = (0..256).try_for_each(|_| deflate.write_all(&zeros));
    let bomb = written.and_then(|()| deflate.finish()).expect("a vector takes all");
    let mut message = message(Some(1), &Route::Name("lobby.echo".into()), &bomb);
    message[0] |= 0x10;
    packet(DATA, &message)
}

fn flagged(flag: u8) -> Vec<u8> {
    let mut message = message(Some(1), &Route::Name("lobby.echo".into()), b"{}");
    message[0] |= flag;
    packet(DATA, &message)
}

fn returning(token: &str) -> Vec<u8> {
    let hello =
        format!(r#"{{"sys":{{"features":["resume"],"resume":{{"token":{token},"received":1}}}}}}"#);
    [packet(HANDSHAKE, hello.as_bytes()), packet(ACK, b"")].concat()
}

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    one("silence", Opening::Nothing, |_| IsEnded(Vec::new())),
    one("one byte", Opening::Nothing, |_| IsEnded(vec![HANDSHAKE])),
    one("a slow handshake", Opening::Nothing, |_| Drips(packet(HANDSHAKE, &[b' '; 200]))),
    one("garbage", Opening::Nothing, |rng| IsEnded(garbage(rng))),
    one("HTTP on a port for packets", Opening::Nothing, |_| {
        IsEnded(b"GET / HTTP/1.1\r\n\r\n".into())
    }),
    one("a handshake of 16 MiB", Opening::Nothing, |_| IsEnded(vec![HANDSHAKE, 255, 255, 255])),
    one("a long handshake", Opening::Nothing, |_| IsEnded(packet(HANDSHAKE, &[b' '; 9000]))),
    one("a handshake that is no JSON", Opening::Nothing, |_| IsEnded(packet(HANDSHAKE, b"{sys"))),
    one("a deep handshake", Opening::Nothing, |_| IsEnded(packet(HANDSHAKE, &[b'['; 4000]))),
    one("an early ack", Opening::Nothing, |_| {
        IsEnded([packet(ACK, b""), request("lobby.echo", b"{}")].concat())
    }),
    one("an early request", Opening::Nothing, |_| IsEnded(request("lobby.echo", b"{}"))),
    one("a kick", Opening::Nothing, |_| IsEnded(packet(KICK, b"{}"))),
    one("half a handshake", Opening::Nothing, |_| {
        Resets(packet(HANDSHAKE, &[b' '; 100])[..50].to_vec())
    }),
    one("an unknown token", Opening::Nothing, |rng| {
        Goes(returning(&format!("\"{:032x}\"", rng.u128(..))))
    }),
    one("a strange token", Opening::Nothing, |_| Goes(returning("[1,{}]"))),
    one("a long token", Opening::Nothing, |_| {
        Goes(returning(&format!("\"{}\"", "f".repeat(5000))))
    }),
    one("no ack", Opening::Handshake, |_| IsEnded(Vec::new())),
    one("beats without an ack", Opening::Handshake, |_| Drips(packet(HEARTBEAT, b"").repeat(20))),
    one("data instead of the ack", Opening::Handshake, |_| IsEnded(request("lobby.echo", b"{}"))),
    one("a second handshake", Opening::Working, |_| IsEnded(packet(HANDSHAKE, b"{}"))),
    one("an unknown type of packet", Opening::Working, |rng| IsEnded(garbage(rng))),
    one("an unknown code", Opening::Working, |_| {
        IsEnded(packet(DATA, &message(Some(1), &Route::Code(60_000), b"{}")))
    }),
    one("a code cut off", Opening::Working, |_| IsEnded(packet(DATA, &[0x01, 1, 0]))),
    one("an id without an end", Opening::Working, |_| IsEnded(packet(DATA, &[0, 0x80, 0x80]))),
    one("an id of over 64 bits", Opening::Working, |_| {
        IsEnded(packet(DATA, &[&[0][..], &[0xff; 12]].concat()))
    }),
    one("an unknown type of message", Opening::Working, |_| {
        IsEnded(packet(DATA, &[0x0e, 1, 1, b'a']))
    }),
    one("an empty message", Opening::Working, |_| IsEnded(packet(DATA, b""))),
    one("a packet over the limit", Opening::Working, |_| IsEnded(packet(DATA, &[0; 70_000]))),
    one("a length of 16 MiB", Opening::Working, |_| IsEnded(vec![DATA, 255, 255, 255, 0])),
    one("a route that is no text", Opening::Working, |_| {
        Goes(packet(DATA, &[0, 1, 2, 0xff, 0xfe]))
    }),
    one("a response", Opening::Working, |_| Goes(packet(DATA, &[0x04, 1, b'{', b'}']))),
    one("a push", Opening::Working, |_| Goes(packet(DATA, &[0x06, 1, b'a', b'{', b'}']))),
    one("a bomb of zlib", Opening::Working, |_| Goes(bomb())),
    one("no zlib", Opening::Working, |_| Goes(flagged(0x10))),
    one("a request with the flag of errors", Opening::Working, |_| Goes(flagged(0x20))),
    one("the id 0", Opening::Working, |_| {
        Goes(packet(DATA, &message(Some(0), &Route::Name("lobby.panic".into()), b"{}")))
    }),
    one("requests of a guest", Opening::Working, |_| Goes(request("table.move", b"{}").repeat(50))),
    one("requests without a body", Opening::Working, |_| {
        Goes(request("lobby.login", b"").repeat(50))
    }),
    one("unknown routes", Opening::Working, |_| Goes(request("lobby.nothing", b"{}").repeat(1000))),
    one("panics", Opening::Working, |_| Goes(request("lobby.panic", b"{}").repeat(50))),
    one("a flood of requests", Opening::Working, |_| {
        Floods(request("lobby.echo", b"{}").repeat(100))
    }),
    one("a flood of beats", Opening::Working, |_| Floods(packet(HEARTBEAT, b"").repeat(1000))),
    one("a reset in a packet", Opening::Working, |_| {
        Resets(request("lobby.echo", &[b' '; 500])[..200].to_vec())
    }),
    one("a reset behind requests", Opening::Working, |_| {
        Resets(request("lobby.echo", b"{}").repeat(100))
    }),
];
