use nano::component;

struct Room;

#[component]
impl Room {
    #[on(start)]
    fn load(&self) {}

    #[on("init")]
    fn quoted(&self) {}

    #[on]
    fn nothing(&self) {}

    #[on()]
    fn empty(&self) {}

    #[on(init, shutdown)]
    fn both(&self) {}
}

fn main() {}
