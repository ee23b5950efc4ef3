use nano::component;

struct Room;

#[component]
impl Room {
    #[handler = "join"]
    fn join(&self) {}
}

fn main() {}
