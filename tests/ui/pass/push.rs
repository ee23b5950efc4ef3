//! Pushes of every kind, on a session and on a group.

use bytes::Bytes;
use nano::{Group, Result, Session, push};

mod game {
    use serde::Serialize;

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Position {
        #[prost(float, tag = "1")]
        pub x: f32,
    }

    #[derive(Serialize)]
    pub struct Talk(pub String);

    /// For everybody.
    #[nano::push(rename_all = "camelCase")]
    pub trait Events {
        /// Somebody moved.
        fn has_moved(position: Position);

        #[push(name = "room.onTalk")]
        fn talk(_: Talk);

        fn all(positions: Vec<(f32, f32)>);

        fn tick();

        #[cfg(any())]
        fn never(nothing: Nothing);
    }
}

#[push]
trait Raw {
    fn bytes(body: Bytes);
}

use game::Events;

fn tell(session: &Session, group: &Group) -> Result<()> {
    session.has_moved(&game::Position { x: 1.0 })?;
    group.talk(&game::Talk("hello".to_owned()))?;
    group.all(&vec![(1.0, 2.0)])?;
    session.tick()?;
    group.bytes(&Bytes::from_static(b"raw"))
}

fn main() {
    let _ = (tell, Events, Raw);
}
