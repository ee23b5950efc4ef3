use nano::push;

#[push]
trait RoomPush {
    fn joined(&self, name: String);
}

fn main() {}
