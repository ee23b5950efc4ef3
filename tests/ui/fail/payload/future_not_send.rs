use nano::component;
use std::rc::Rc;

struct Room;

#[component]
impl Room {
    #[handler]
    async fn join(&self) -> u8 {
        let shared = Rc::new(1);
        std::future::ready(()).await;
        *shared
    }
}

fn main() {}
