//! The messages that come to the address for other nodes: of somebody who is no node, or of a member of the cluster.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nano_fuzz::node::{LINK, REGISTRY, World, greeting, message};

static WORLD: LazyLock<World> = LazyLock::new(World::new);

// The first byte chooses the method, and what comes before the other bytes.
fuzz_target!(|input: &[u8]| {
    let Some((&choice, rest)) = input.split_first() else { return };
    match choice % 5 {
        // A member sends one frame, whatever its length.
        0 => WORLD.send(LINK, &[greeting(), message(rest)].concat()),
        // It sends several.
        1 => WORLD.send(LINK, &[&greeting(), rest].concat()),
        2 => WORLD.send(LINK, rest),
        3 => WORLD.send(REGISTRY, &message(rest)),
        _ => WORLD.send(REGISTRY, rest),
    }
});
