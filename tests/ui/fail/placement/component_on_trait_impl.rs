use nano::component;

struct Room;

trait Play {
    fn play(&self);
}

#[component]
impl Play for Room {
    #[handler]
    fn play(&self) {}
}

fn main() {}
