//! The bodies of requests, in the format of the Json serializer.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nano::Json;
use nano_fuzz::World;

static WORLD: LazyLock<World> = LazyLock::new(|| World::new(Json));

fuzz_target!(|input: &[u8]| WORLD.ask(input));
