use nano::component;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self) {}
}

#[component]
impl Room {
    #[handler]
    fn leave(&self) {}
}

fn main() {}
