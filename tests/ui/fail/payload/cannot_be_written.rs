use nano::{component, Reply, Result};

struct Guest;

struct Room;

#[component]
impl Room {
    #[handler]
    fn one(&self) -> Guest {
        Guest
    }

    #[handler]
    async fn all(&mut self) -> Result<Vec<Guest>> {
        Ok(Vec::new())
    }

    #[handler]
    fn later(&self, reply: Reply<Guest>) {
        reply.send(Guest);
    }
}

fn main() {}
