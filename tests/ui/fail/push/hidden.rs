use nano::push;

#[push]
trait RoomPush {
    fn leave(name: String);

    #[push(name = "onUpdate")]
    fn update();

    fn r#clone();
}

fn main() {}
