use nano::{component, Session};

struct Room;

#[component]
impl Room {
    #[on(session_opened)]
    #[on(init)]
    fn count(&self, session: &Session) {
        let _ = session;
    }
}

fn main() {}
