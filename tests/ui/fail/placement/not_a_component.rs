use nano::App;

struct Room;

fn main() {
    let _ = App::new().component(Room);
}
