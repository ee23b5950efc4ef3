//! The arena: sessions, a group, pushes, and errors.

use bytes::Bytes;
use nano::{Error, Group, Reply, Result, Session, component, push};
use prost_types::Timestamp;

use crate::pb::arena::v1::{Count, Enter, Entered, Everything, Fighter, Text};
use crate::pb::shared::v1::Position;

/// Beyond 2^53, where a number of JavaScript would be rounded.
pub(crate) const FIRST_ID: i64 = 9_007_199_254_740_993;

/// An arena that fighters enter.
#[derive(Default)]
pub(crate) struct Arena {
    fighters: Group,
    waiting: Vec<Reply<Text>>,
    entered: i64,
}

/// The pushes of the arena.
#[push]
pub(crate) trait ArenaPush {
    /// Somebody came in.
    #[push(name = "onEntered")]
    fn entered(fighter: Fighter);
    /// Somebody shouted, to all or to you.
    #[push(name = "onShouted")]
    fn shouted(text: Text);
    /// Somebody bowed.
    #[push(name = "onBowed")]
    fn bowed();
    /// Somebody moved.
    #[push(name = "onMoved")]
    fn moved(position: Position);
    /// Bytes, as they are.
    #[push(name = "onFrame")]
    fn frame(bytes: Bytes);
    /// The same again and again.
    #[push(name = "onEverything")]
    fn everything(everything: Everything);
}

#[component]
impl Arena {
    /// Enters the arena, and answers with who is there.
    #[handler]
    async fn enter(&mut self, session: &Session, enter: Enter) -> Result<Entered> {
        if enter.name.is_empty() {
            return Err(Error::reject("bad_name", "a name has at least one letter"));
        }
        self.entered += 1;
        let you =
            Fighter { id: FIRST_ID + self.entered, team: enter.team().into(), name: enter.name };
        session.bind(you.id).await?;
        session.insert(you.clone());
        let others = self.fighters.members().iter().filter_map(Session::get).collect();
        ArenaPush::to(&self.fighters).entered(&you)?;
        self.fighters.add(session)?;
        Ok(Entered { you: Some(you), others })
    }

    /// Tells everybody in the arena.
    #[handler]
    fn shout(&self, session: &Session, text: Text) -> Result<()> {
        if session.get::<Fighter>().is_none() {
            return Err(Error::reject("not_entered", "enter the arena first"));
        }
        ArenaPush::to(&self.fighters).shouted(&text)
    }

    /// Tells the caller alone.
    #[handler]
    fn mutter(&self, session: &Session, text: Text) {
        // Whoever has gone hears nothing.
        let _ = ArenaPush::to(session).shouted(&text);
    }

    #[handler]
    fn bow(&self) {
        let _ = ArenaPush::to(&self.fighters).bowed();
    }

    #[handler(name = "moveTo")]
    fn move_to(&self, position: Position) {
        let _ = ArenaPush::to(&self.fighters).moved(&position);
    }

    #[handler]
    fn echo(&self, everything: Everything) -> Everything {
        everything
    }

    /// Bytes, reversed.
    #[handler]
    fn raw_bytes(&self, bytes: Bytes) -> Bytes {
        bytes.iter().rev().copied().collect()
    }

    /// A second later.
    #[handler]
    fn later(&self, time: Timestamp) -> Timestamp {
        Timestamp { seconds: time.seconds + 1, ..time }
    }

    /// As many fighters as asked for.
    #[handler]
    fn long_list(&self, count: Count) -> Result<Entered> {
        if count.count > 2000 {
            return Err(Error::reject("too_many", "a list has 2000 fighters at most"));
        }
        Ok(Entered { you: None, others: (0..count.count).map(fighter).collect() })
    }

    /// Pushes bytes, and then a long text.
    #[handler]
    fn push_all(&self, session: &Session) {
        // Whoever has gone gets nothing.
        let _ = ArenaPush::to(session).frame(&Bytes::from_static(&[0, 0xff, 0x7b]));
        let text = "long ".repeat(2000);
        let _ = ArenaPush::to(session).everything(&Everything {
            text,
            signed: i64::MIN,
            ..Default::default()
        });
    }

    /// Answers when somebody calls `release`.
    #[handler]
    fn wait(&mut self, reply: Reply<Text>) {
        self.waiting.push(reply);
    }

    /// Answers all that wait.
    #[handler]
    fn release(&mut self) {
        for reply in std::mem::take(&mut self.waiting) {
            reply.send(Text { text: "released".to_owned() });
        }
    }

    #[handler]
    fn panic(&self) -> Text {
        panic!("this handler always panics")
    }

    #[handler]
    fn kick(&self, session: &Session, reason: Text) {
        session.kick(reason.text);
    }
}

fn fighter(at: u32) -> Fighter {
    Fighter { id: FIRST_ID + i64::from(at), name: format!("fighter {at}"), team: 0 }
}
