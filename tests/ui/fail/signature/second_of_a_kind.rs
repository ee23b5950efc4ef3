use nano::{component, Context, Reply, Session};

struct Room;

#[component]
impl Room {
    #[handler]
    fn payloads(&self, name: String, age: u8) {
        let _ = (name, age);
    }

    #[handler]
    fn sessions(&self, one: &Session, two: &Session) {
        let _ = (one, two);
    }

    #[handler]
    fn replies(&self, one: Reply<u8>, two: Reply<u8>) {
        let _ = (one, two);
    }

    #[handler]
    fn contexts(&self, one: &Context<Self>, two: &Context<Self>) {
        let _ = (one, two);
    }
}

fn main() {}
