use nano::component;

struct Room;

#[component(rename_all = "Pascal")]
impl Room {
    #[handler]
    fn join(&self) {}
}

fn main() {}
