use nano::component;
use std::sync::Arc;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(self) {}

    #[handler]
    fn leave(self: Arc<Self>) {}
}

fn main() {}
