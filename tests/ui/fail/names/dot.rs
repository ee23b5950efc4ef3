use nano::component;

struct Room;

#[component(name = "chat.room")]
impl Room {
    #[handler(name = "join.now")]
    fn join(&self) {}
}

struct TwoInARow;

#[component(name = "chat..room")]
impl TwoInARow {}

struct AtTheStart;

#[component(name = ".room")]
impl AtTheStart {}

struct AtTheEnd;

#[component(name = "chat.")]
impl AtTheEnd {}

fn main() {}
