//! The codes of the routes, which both nodes have to agree on.

fn main() -> nano_build::Result<()> {
    nano_build::Config::new().compile()
}
