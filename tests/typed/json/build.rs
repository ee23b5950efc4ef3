//! The clients of this release, or with the feature `old` those of an earlier one.

fn main() -> nano_build::Result<()> {
    let config = nano_build::Config::new().runtime("nano-client");
    let config = if cfg!(feature = "old") {
        config.typescript("client/old").manifest("manifest.old.json")
    } else {
        config.typescript("client/gen").manifest("manifest.json")
    };
    config.compile()
}
