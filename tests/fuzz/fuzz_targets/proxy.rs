//! The header of the PROXY protocol, from whoever reaches the listener.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nano::Json;
use nano::codec::PacketKind;
use nano_fuzz::{World, opening};

static WORLD: LazyLock<World> = LazyLock::new(|| World::new(Json));

fuzz_target!(|input: &[u8]| {
    let mut bytes = input.to_vec();
    bytes.extend_from_slice(&opening());
    let packets = WORLD.exchange_behind_proxy(&bytes);
    let expected = [PacketKind::Handshake, PacketKind::Kick];
    assert!(packets.first().is_none_or(|packet| expected.contains(&packet.kind)));
});
