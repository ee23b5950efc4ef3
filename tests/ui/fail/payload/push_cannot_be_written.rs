use nano::push;

struct Guest;

#[push]
trait RoomPush {
    fn joined(guest: Guest);
}

fn main() {}
