//! Rust messages from `proto/`, and the clients in TypeScript and JavaScript.

fn main() -> nano_build::Result<()> {
    nano_build::Config::new()
        .protos(&["proto/arena.proto", "proto/shared/geometry.proto"])
        .includes(&["proto"])
        .runtime("nano-client")
        .typescript("client/gen")
        .javascript("client/js")
        .manifest("manifest.json")
        .compile()
}
