//! Expansions without the name `nano` and without the prelude.

#![no_implicit_prelude]
#![deny(warnings)]

// Whatever the expansion still named `::nano` would be looked for in here.
extern crate core as nano;
extern crate nano as engine;

#[::std::prelude::v1::derive(::serde::Serialize, ::serde::Deserialize)]
struct Message {
    text: ::std::string::String,
}

struct Room {
    count: usize,
}

#[engine::push(crate = ::engine)]
trait RoomPush {
    fn message(message: Message);
    fn tick();
}

#[engine::component(crate = ::engine)]
impl Room {
    #[handler]
    async fn join(
        &mut self,
        session: &engine::Session,
        context: &engine::Context<Self>,
        message: Message,
    ) -> engine::Result<Message> {
        let _ = context;
        self.count += 1;
        RoomPush::to(session).message(&message)?;
        ::std::result::Result::Ok(message)
    }

    #[engine::handler(concurrent)]
    fn later(&self, reply: engine::Reply<usize>) {
        reply.send(self.count);
    }

    #[engine::handler]
    fn echo(&self, session: &engine::Session, body: ::bytes::Bytes) -> ::bytes::Bytes {
        let _ = RoomPush::to(session).tick();
        body
    }

    #[engine::on(init)]
    async fn load(&self) -> engine::Result<()> {
        ::std::result::Result::Ok(())
    }

    #[on(session_closed)]
    fn left(&mut self, session: &engine::Session) {
        let _ = session;
    }

    #[every("1s")]
    fn report(&self, context: &engine::Context<Self>) {
        let _ = context;
    }
}

fn main() {
    let _ = (RoomPush, RoomClient::<engine::client::Client>::new);
    let _ = Room { count: 0 };
}
