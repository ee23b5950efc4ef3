//! Pushes of every kind, to a session and to a group, and heard by a client.

use bytes::Bytes;
use nano::client::{Client, ClientBuilder};
use nano::{Group, Protobuf, Result, Session, push};

mod game {
    use serde::{Deserialize, Serialize};

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Position {
        #[prost(float, tag = "1")]
        pub x: f32,
    }

    #[derive(Deserialize, Serialize)]
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
    #[push(class = lossy)]
    fn bytes(body: Bytes);
}

#[push]
trait Keyed {
    #[push(class = latest, key = "0")]
    fn seat((seat, name): (u8, String));

    #[push(class = latest, key = "r#type")]
    fn stock(stock: Stock);
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Stock {
    r#type: Option<String>,
    count: u32,
}

use game::Events;

fn tell(session: &Session, group: &Group) -> Result<()> {
    Events::to(session).has_moved(&game::Position { x: 1.0 })?;
    Events::to(group).talk(&game::Talk("hello".to_owned()))?;
    Events::to(&group.except(session)).all(&vec![(1.0, 2.0)])?;
    Events::to(session).tick()?;
    Keyed::to(group).seat(&(1, "ann".to_owned()))?;
    Keyed::to(session).stock(&Stock { r#type: None, count: 3 })?;
    Raw::to(group).bytes(&Bytes::from_static(b"raw"))
}

/// Names that sessions, groups and clients have methods of, twice.
#[push]
trait Names {
    fn push(text: String);
    fn clone();
    fn to();
    fn on();
    fn close(reason: String);
}

#[push]
trait MoreNames {
    fn close();
    fn len(len: u32);
}

fn tell_names(session: &Session, group: &Group) -> Result<()> {
    Names::to(session).push(&"pushed".to_owned())?;
    Names::to(session).clone()?;
    Names::to(session).to()?;
    Names::to(group).on()?;
    Names::to(group).close(&"evening".to_owned())?;
    MoreNames::to(group).close()?;
    MoreNames::to(group).len(&3)
}

fn hear(client: &Client, protobuf: &ClientBuilder<Protobuf>) {
    Events::on(client).talk(|talk| drop(talk.0)).tick(|| {}).all(|positions| drop(positions));
    Events::on(protobuf).has_moved(|position| assert!(position.x > 0.0));
    Raw::on(client).bytes(|body: Bytes| drop(body));
    let mut count = 0;
    Names::on(client).to(move || count += 1).push(|_| {});
    MoreNames::on(client).close(|| {}).len(|len| assert!(len > 0));
}

fn main() {
    let _ = (tell, tell_names, hear, Events, Raw, Keyed, Names, MoreNames);
}
