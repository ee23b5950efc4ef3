//! A stream of bytes from a client whose session is open: packets, messages, and whatever is neither.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nano::Json;
use nano::codec::MessageKind;
use nano_fuzz::{World, messages, opening};

static WORLD: LazyLock<World> = LazyLock::new(|| World::new(Json));

fuzz_target!(|input: &[u8]| {
    let mut bytes = opening();
    bytes.extend_from_slice(input);
    let packets = WORLD.exchange(&bytes);
    let mut asked = 0;
    for message in messages(&packets) {
        assert_eq!(message.kind, MessageKind::Response, "nobody pushes here");
        assert!(message.id > 0, "a notify has no answer");
        asked += 1;
    }
    assert!(asked <= input.len() / 4, "no more answers than there is room for requests");
});
