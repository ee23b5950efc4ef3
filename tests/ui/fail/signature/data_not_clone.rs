use nano::{Data, component};

struct Room;

struct Player;

#[component]
impl Room {
    #[handler]
    fn join(&self, player: Data<Player>) {
        let _ = player;
    }
}

fn main() {}
