use nano::component;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self) {}
}

#[component(part = "chat")]
impl Room {
    #[handler]
    fn say(&self) {}
}

fn main() {}
