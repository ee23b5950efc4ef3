use std::cell::Cell;

use nano::component;

struct Room {
    count: Cell<u32>,
}

#[component]
impl Room {
    #[handler]
    fn join(&self) -> u32 {
        self.count.get()
    }
}

fn main() {}
