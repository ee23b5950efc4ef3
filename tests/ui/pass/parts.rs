//! A component in several impl blocks, in modules of their own.

#![deny(warnings)]

use nano::client::Client;
use nano::{Result, component};

struct Room {
    said: u32,
}

// Exclusive because of a part.
#[component(parts(chat, admin, r#loop))]
impl Room {
    #[handler]
    fn join(&self, name: String) -> String {
        name
    }
}

mod chat {
    use nano::component;

    use super::{Room, RoomClient};

    #[component(part = "chat")]
    impl Room {
        #[handler]
        pub(super) fn say(&mut self, text: String) {
            let _ = text;
            self.said += 1;
        }
    }
}

mod admin {
    #[nano::component(part = "admin")]
    impl super::Room {
        #[handler]
        async fn close(&self) -> nano::Result<()> {
            Ok(())
        }
    }
}

#[component(part = "loop")]
impl Room {
    #[every("1m")]
    fn forget(&mut self) {
        self.said = 0;
    }
}

trait Rule: Send + Sync + 'static {}

struct Game<R>(R);

#[component(name = "Game", parts(scores))]
impl<R: Rule> Game<R> {
    #[handler]
    fn start(&self) {}
}

#[component(name = "Game", part = "scores")]
impl<R: Rule> Game<R> {
    #[handler]
    fn score(&mut self, score: u32) {
        let _ = score;
    }
}

async fn call(client: &Client) -> Result<()> {
    let room = RoomClient::new(client);
    room.join(&"ann".to_owned()).await?;
    room.say(&"hello".to_owned()).await?;
    room.close().await
}

fn is_exclusive<C: nano::Component<Access = nano::component::Exclusive>>(_: C) {}

fn main() {
    let _ = call;
    is_exclusive(Room { said: 0 });
    let _ = Game(0_u8);
}
