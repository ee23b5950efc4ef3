use nano::{component, Context, Session};

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self, session: Session) {
        let _ = session;
    }

    #[handler]
    fn leave(&self, session: &mut Session) {
        let _ = session;
    }

    #[handler]
    fn wait(&self, context: Context<Self>) {
        let _ = context;
    }
}

fn main() {}
