use nano::component;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self, guest: Guest) {
        let _ = guest;
    }
}

fn main() {}
