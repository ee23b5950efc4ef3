use nano::component;

struct Room;

#[component(timeout = 2, max_body = "4KB", guest = true)]
impl Room {
    #[handler(rate = "10", timeout = "0s", before = "require_player")]
    fn join(&self) {}

    #[handler(rate = "0/s", max_body = "0B", guest, guest)]
    fn leave(&self) {}

    #[every("1s")]
    #[handler(rate = off)]
    fn tick(&self) {}
}

fn main() {}
