//! Rust messages from `proto/`, the routes of `src/`, and the typed client of the page.

fn main() -> nano_build::Result<()> {
    nano_build::Config::new()
        .protos(&["proto/pond.proto"])
        // A package, which `web/tsconfig.json` finds in this repository. Without this line, its files are
        // written beside the client.
        .runtime("nano-client")
        .typescript("web/src/gen")
        // For the playground of the admin page.
        .manifest("manifest.json")
        .compile()
}
