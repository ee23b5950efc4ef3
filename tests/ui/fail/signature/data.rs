use nano::{Data, Result, component};

struct Room;

struct Player;

#[component]
impl Room {
    #[handler]
    fn join(&self, player: Data<&'static str>) -> Result<()> {
        Ok(())
    }

    #[handler]
    fn leave(&self, player: &Data<Player>) {}

    #[every("1s")]
    fn tick(&self, player: Data<Player>) {}
}

fn main() {}
