use nano::{component, Session};

struct Room;

#[component]
impl Room {
    #[handler]
    fn one(self) {}

    #[handler]
    fn two(&self, name: &str) {
        let _ = name;
    }

    #[on(init)]
    fn three(&self, session: &Session) {
        let _ = session;
    }

    #[every("1 minute")]
    fn four(&self) {}

    #[handler(name = "a.b")]
    fn five(&mut self) {}

    #[handler]
    fn fine(&mut self, session: &Session) {
        let _ = session;
    }
}

fn main() {}
