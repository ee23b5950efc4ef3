//! nano with a typed JSON handler.

use nano::{App, component};

use super::nano::unlimited;
use crate::generator::Payload;

struct Echo;

#[component]
impl Echo {
    #[handler]
    fn say(&self, message: Payload) -> Payload {
        message
    }
}

pub(super) fn app() -> App {
    unlimited().component(Echo)
}
