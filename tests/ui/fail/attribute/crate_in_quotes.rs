use nano::component;

struct Room;

#[component(crate = "nano")]
impl Room {
    #[handler]
    fn join(&self) {}
}

fn main() {}
