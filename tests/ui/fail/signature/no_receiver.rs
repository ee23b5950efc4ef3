use nano::{component, Session};

struct Room;

#[component]
impl Room {
    #[handler]
    fn join() {}

    #[handler]
    async fn leave(session: &Session) {
        let _ = session;
    }
}

fn main() {}
