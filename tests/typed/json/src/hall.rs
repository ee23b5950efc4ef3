//! The hall: sessions, a group, pushes, and errors.

use nano::{Error, Group, Reply, Result, Session, component, push};
use serde::{Deserialize, Serialize};

/// Beyond 2^53, where a number of JavaScript would be rounded.
pub(crate) const FIRST_ID: i64 = 9_007_199_254_740_993;

/// A hall that visitors enter.
#[derive(Default)]
pub(crate) struct Hall {
    visitors: Group,
    waiting: Vec<Reply<String>>,
    entered: i64,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Enter {
    pub(crate) name: String,
    /// What to wear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hat: Option<Hat>,
    /// How loud; 3 if nothing is said.
    #[serde(default = "usual")]
    pub(crate) volume: u8,
}

fn usual() -> u8 {
    3
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hat {
    TopHat,
    Cap,
}

/// Somebody in the hall.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Visitor {
    pub(crate) id: i64,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hat: Option<Hat>,
    pub(crate) volume: u8,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Entered {
    pub(crate) you: Visitor,
    pub(crate) others: Vec<Visitor>,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The pushes of the hall.
#[push]
pub(crate) trait HallPush {
    /// Somebody came in.
    #[push(name = "onEntered")]
    fn entered(visitor: Visitor);
    /// Somebody said something, to all or to you.
    #[push(name = "onSaid")]
    fn said(said: Said);
    /// Somebody waved.
    #[push(name = "onWaved")]
    fn waved();
}

#[component]
impl Hall {
    /// Enters the hall, and answers with who is there.
    #[handler]
    async fn enter(&mut self, session: &Session, enter: Enter) -> Result<Entered> {
        if enter.name.is_empty() {
            return Err(Error::reject("bad_name", "a name has at least one letter"));
        }
        self.entered += 1;
        let id = FIRST_ID + self.entered;
        let you = Visitor { id, name: enter.name, hat: enter.hat, volume: enter.volume };
        session.bind(id).await?;
        session.insert(you.clone());
        let others = self.visitors.members().iter().filter_map(Session::get).collect();
        HallPush::to(&self.visitors).entered(&you)?;
        self.visitors.add(session)?;
        Ok(Entered { you, others })
    }

    /// Says something to everybody in the hall.
    #[handler]
    fn say(&self, session: &Session, text: String) -> Result<()> {
        let Visitor { name, .. } = visitor(session)?;
        HallPush::to(&self.visitors).said(&Said { name, text })
    }

    /// Tells the caller alone.
    #[handler]
    fn whisper(&self, session: &Session, text: String) {
        // Whoever has gone hears nothing.
        let _ = HallPush::to(session).said(&Said { name: "echo".to_owned(), text });
    }

    #[handler]
    fn wave(&self) {
        let _ = HallPush::to(&self.visitors).waved();
    }

    /// Leaves. Who is not there is told so.
    #[handler]
    fn leave(&mut self, session: &Session) -> Result<()> {
        visitor(session)?;
        session.remove::<Visitor>();
        self.visitors.leave(session);
        Ok(())
    }

    /// Answers when somebody calls `release`.
    #[handler]
    fn wait(&mut self, reply: Reply<String>) {
        self.waiting.push(reply);
    }

    /// Answers all that wait, and tells how many somebody still wanted.
    #[handler]
    fn release(&mut self) -> usize {
        let waiting = std::mem::take(&mut self.waiting);
        let wanted = waiting.iter().filter(|reply| reply.is_wanted()).count();
        waiting.into_iter().for_each(|reply| reply.send("released".to_owned()));
        wanted
    }

    /// Never answers.
    #[handler]
    fn forget(&self, reply: Reply<String>) {
        drop(reply);
    }

    #[handler]
    fn panic(&self) -> String {
        panic!("this handler always panics")
    }

    #[handler]
    fn kick(&self, session: &Session, reason: String) {
        session.kick(reason);
    }
}

fn visitor(session: &Session) -> Result<Visitor> {
    session.get().ok_or_else(|| Error::reject("not_entered", "enter the hall first"))
}
