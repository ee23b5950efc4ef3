use nano::{component, Handshake, Session};

struct Gate;

struct Welcome;

#[component]
impl Gate {
    #[on(handshake)]
    fn user_alone(&self, token: String) {
        let _ = token;
    }

    #[on(handshake)]
    #[on(session_opened)]
    fn value_for_an_event(&self, session: &Session) -> u8 {
        let _ = session;
        0
    }
}

#[component(name = "other")]
impl Welcome {
    #[on(handshake)]
    fn unwritable(&self, hello: Handshake<Welcome>) -> Welcome {
        hello.user
    }
}

fn main() {}
