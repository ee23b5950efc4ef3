use nano::push;

#[push]
trait RoomPush {
    fn named(name: &str);
    fn anything(message: impl Clone);
}

fn main() {}
