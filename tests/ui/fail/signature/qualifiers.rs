use nano::component;

struct Room;

#[component]
impl Room {
    #[handler]
    unsafe fn dangerous(&self) {}

    #[handler]
    extern "C" fn foreign(&self) {}

    #[handler]
    const fn constant(&self) {}
}

fn main() {}
