use nano::{Reply, Result, component};

struct Room;

#[component]
impl Room {
    #[handler(notify)]
    fn join(&self) -> Result<u8> {
        Ok(1)
    }

    #[handler(notify)]
    fn later(&self, reply: Reply<u8>) {
        reply.send(1);
    }

    #[handler(notify = true)]
    fn leave(&self) {}
}

fn main() {}
