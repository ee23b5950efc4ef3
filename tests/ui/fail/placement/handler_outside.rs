use nano::{every, handler, on};

struct Room;

impl Room {
    #[handler]
    fn join(&self) {}

    #[on(init)]
    fn load(&self) {}

    #[every("1s")]
    fn tick(&self) {}
}

#[nano::handler]
fn join() {}

fn main() {}
