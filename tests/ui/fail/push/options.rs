use nano::push;

#[push(name = "room")]
trait RoomPush {
    #[push(rename = "onJoin")]
    fn joined();

    #[push(name = "a", name = "b")]
    fn left();

    #[push(name = "")]
    fn nothing();
}

fn main() {}
