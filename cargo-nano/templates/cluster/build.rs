//! Writes the client of the page, and the manifest of the routes.

fn main() -> nano_build::Result<()> {
    nano_build::Config::new()
        .javascript("web")
        .manifest("manifest.json")
        .compile()
}
