use nano::{component, Reply};

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self, reply: Reply) {
        let _ = reply;
    }
}

fn main() {}
