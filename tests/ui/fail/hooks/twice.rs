use nano::component;

struct Room;

#[component]
impl Room {
    #[on(init)]
    #[on(init)]
    fn load(&self) {}

    #[every("1s")]
    #[every("2s")]
    fn tick(&self) {}

    #[handler]
    #[handler(concurrent)]
    fn join(&self) {}
}

fn main() {}
