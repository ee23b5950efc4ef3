use nano::component;

struct Room;

#[component(name = "room", name = "chat")]
impl Room {
    #[handler(concurrent, concurrent)]
    fn join(&self) {}
}

fn main() {}
