//! The clients of this release, or with the feature `old` those of an earlier one.

fn main() -> nano_build::Result<()> {
    let config = nano_build::Config::new();
    let config = if cfg!(feature = "old") {
        config.runtime("nano-client").typescript("client/old").manifest("manifest.old.json")
    } else {
        config.typescript("client/gen").manifest("manifest.json")
    };
    config.compile()
}
