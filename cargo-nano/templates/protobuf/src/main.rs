//! A field on which every visitor moves a dot, in Protobuf, with a page.

mod field;
mod site;
#[cfg(test)]
mod tests;

use field::{Field, FieldPush};
use nano::{App, Protobuf, Result};

/// Takes the address to listen on as its argument.
#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt::init();
    let address = std::env::args().nth(1);
    let server = app().start().await?;
    site::serve(server, address.as_deref().unwrap_or("127.0.0.1:3250")).await
}

/// The game, without listeners: the tests run it, too.
fn app() -> App {
    App::new()
        .serializer(Protobuf)
        .routes(nano::include_routes!())
        .component(Field::default())
        .push(FieldPush)
}
