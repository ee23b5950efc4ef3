use nano::component;

struct Room;

#[component(parts(chat))]
impl Room {
    #[handler]
    fn join(&self) {}
}

#[component(part = "chat")]
impl Room {
    #[on(init)]
    fn load(&self) {}
}

#[component(part = "chat")]
impl Room {
    #[on(shutdown)]
    fn save(&self) {}
}

fn main() {}
