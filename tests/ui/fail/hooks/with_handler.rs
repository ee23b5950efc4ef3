use nano::component;

struct Room;

#[component]
impl Room {
    #[handler]
    #[on(init)]
    fn join(&self) {}

    #[every("1s")]
    #[handler]
    fn tick(&self) {}
}

fn main() {}
