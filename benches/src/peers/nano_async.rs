//! nano with an `async fn` handler that does not yield.

use nano::{App, Bytes, component};

use super::nano::unlimited;

struct Echo;

#[component]
impl Echo {
    #[handler]
    async fn say(&self, body: Bytes) -> Bytes {
        body
    }
}

pub(super) fn app() -> App {
    unlimited().component(Echo)
}
