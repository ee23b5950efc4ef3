use nano::component;

#[derive(serde::Serialize)]
struct Guest;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self, guest: Guest) {
        let _ = guest;
    }
}

fn main() {}
