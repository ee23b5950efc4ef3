use nano::component;

struct Room;

#[component(rename_all)]
impl Room {
    #[handler(name)]
    fn join(&self) {}
}

fn main() {}
