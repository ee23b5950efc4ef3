use nano::push;

#[push]
enum Events {}

#[push(name = "onJoin")]
fn joined() {}

trait RoomPush {
    #[push(name = "onJoin")]
    fn joined();
}

fn main() {}
