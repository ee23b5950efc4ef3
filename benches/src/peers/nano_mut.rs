//! nano with a handler of `&mut self`: one call at a time, under a lock.

use nano::{App, Bytes, component};

use super::nano::unlimited;

#[derive(Default)]
struct Echo {
    count: u64,
}

#[component]
impl Echo {
    #[handler]
    fn say(&mut self, body: Bytes) -> Bytes {
        self.count += 1;
        body
    }
}

pub(super) fn app() -> App {
    unlimited().component(Echo::default())
}
