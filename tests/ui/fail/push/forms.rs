use nano::push;

#[push]
trait RoomPush {
    async fn waits();
    fn returns() -> u8;
    fn has_body() {}
    fn generic<T>(message: T);
    unsafe fn dangerous();
    fn two(name: String, age: u8);
    type Message;
}

fn main() {}
