use nano::push;

#[push]
trait RoomPush {
    #[push(name = "onMessage")]
    fn message(text: String);

    #[push(name = "onMessage")]
    fn text(text: String);
}

fn main() {}
