use nano::{component, Reply, Session};

struct Room;

#[component]
impl Room {
    #[on(init)]
    fn session(&self, session: &Session) {
        let _ = session;
    }

    #[on(session_opened)]
    fn payload(&self, name: String) {
        let _ = name;
    }

    #[every("1s")]
    fn value(&self) -> u8 {
        0
    }

    #[on(shutdown)]
    fn by_value(self) {}

    #[every("1s")]
    async fn reply(&self, reply: Reply<u8>) {
        reply.send(1);
    }
}

fn main() {}
