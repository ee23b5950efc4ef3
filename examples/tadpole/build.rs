//! Rust messages from `proto/`, the routes of `src/`, and the typed client of the page.

fn main() -> nano_build::Result<()> {
    nano_build::Config::new().protos(&["proto/pond.proto"]).typescript("web/src/gen").compile()
}
