//! The body of a handshake, which is JSON from anyone.

#![no_main]

use std::sync::LazyLock;

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use nano::Json;
use nano::codec::{PacketKind, packet};
use nano_fuzz::{LIMIT, World};

static WORLD: LazyLock<World> = LazyLock::new(|| World::new(Json));

fuzz_target!(|input: &[u8]| {
    let mut bytes = BytesMut::new();
    if packet::encode(PacketKind::Handshake, input, LIMIT, &mut bytes).is_err() {
        return;
    }
    packet::encode(PacketKind::HandshakeAck, b"", LIMIT, &mut bytes).expect("an empty packet");
    let packets = WORLD.exchange(&bytes);
    let answer = packets.first().expect("an accepted client is answered, and a refused one");
    assert_eq!(answer.kind, PacketKind::Handshake);
});
