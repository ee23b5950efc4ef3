use nano::component;

struct Room;

#[component(name = "")]
impl Room {
    #[handler(name = "")]
    fn join(&self) {}
}

fn main() {}
