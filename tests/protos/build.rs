//! Rust messages from `proto/`. No client is committed: `tests/typed` has those.

use std::env;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::var("OUT_DIR")?;
    nano_build::Config::new()
        .protos(&[
            "proto/a/a.proto",
            "proto/a/b.proto",
            "proto/a/c.proto",
            "proto/capitals.proto",
            "proto/comments.proto",
            "proto/common/v1/log.proto",
            "proto/common/v1/math.proto",
            "proto/game/v1/room.proto",
            "proto/inside.proto",
            "proto/keywords.proto",
            "proto/no_package.proto",
            "proto/shop.proto",
            "proto/shop/offer.proto",
            "proto/type.proto",
            "proto/well_known.proto",
        ])
        .includes(&["proto"])
        .typescript(Path::new(&folder).join("ts"))
        .compile()?;
    Ok(())
}
