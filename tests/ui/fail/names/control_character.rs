use nano::component;

struct Room;

#[component]
impl Room {
    #[handler(name = "join\n")]
    fn join(&self) {}
}

fn main() {}
