use nano::component;

struct Room;

#[component(prefix = "game")]
impl Room {
    #[handler(nam = "x", concurrent = true)]
    fn join(&self) {}

    #[handler(parallel)]
    fn leave(&self) {}
}

fn main() {}
