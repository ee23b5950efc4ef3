use nano::{component, Reply, Result};

struct Room;

#[component]
impl Room {
    #[handler]
    fn value(&self, reply: Reply<u8>) -> u8 {
        reply.send(1);
        2
    }

    #[handler]
    fn result(&self, reply: Reply<u8>) -> Result<u8> {
        reply.send(1);
        Ok(2)
    }
}

fn main() {}
