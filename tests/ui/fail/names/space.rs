use nano::component;

struct Room;

#[component(name = "chat. room")]
impl Room {
    #[handler(name = "join now")]
    fn join(&self) {}
}

fn main() {}
