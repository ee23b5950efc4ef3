use nano::component;

struct Room;

#[component(parts(chat, admin))]
impl Room {
    #[handler]
    fn join(&self) {}
}

#[component(part = "chat")]
impl Room {
    #[on(init)]
    fn load(&self) {}
}

fn main() {}
