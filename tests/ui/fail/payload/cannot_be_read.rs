use nano::component;

struct Guest;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self, guest: Guest) {
        let _ = guest;
    }

    #[handler]
    async fn leave(&mut self, guests: Vec<Guest>) {
        let _ = guests;
    }
}

fn main() {}
