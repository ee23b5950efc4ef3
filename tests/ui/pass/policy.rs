//! Policies in all their forms; guards of every kind, by every kind of path.

use nano::{Error, Result, Session, component};

struct Full;

impl From<Full> for Error {
    fn from(_: Full) -> Self {
        Self::reject("full", "no more")
    }
}

fn plain(_session: &Session) -> Result<()> {
    Ok(())
}

async fn waits(_session: &Session) -> Result<()> {
    Ok(())
}

fn with_route(_session: &Session, _route: &str) -> Result<(), Full> {
    Err(Full)
}

mod guards {
    use super::*;

    pub async fn waits_with_route(session: &Session, route: &str) -> Result<(), Full> {
        drop((session.uid(), route.len()));
        Ok(())
    }

    pub fn generic<T: Send + 'static>(session: &Session) -> Result<()> {
        if session.has::<T>() { Ok(()) } else { Err(Error::reject("none", "nothing")) }
    }

    pub fn off(session: &'_ Session) -> nano::Result<()> {
        super::plain(session)
    }
}

struct Room<T>(T);

impl<T> Room<T> {
    fn own(_session: &Session) -> Result<()> {
        Ok(())
    }

    async fn own_waits(&self) {}
}

#[component(timeout = "2s", rate = "10/s", max_body = "4KiB", guest, before = plain)]
impl<T: Send + Sync + 'static> Room<T> {
    #[handler]
    fn a(&self) {
        drop(self.own_waits());
    }

    #[handler(before = waits)]
    async fn b(&mut self) -> Result<()> {
        Ok(())
    }

    #[handler(before = with_route, concurrent)]
    fn c(&mut self) {}

    #[handler(before = guards::waits_with_route, notify)]
    fn d(&self, number: u32, session: &Session) -> Result<()> {
        drop((number, session.id()));
        Ok(())
    }

    #[handler(before = crate::guards::generic::<u8>)]
    fn e(&self, reply: nano::Reply<u8>) {
        reply.send(1);
    }

    #[handler(before = Self::own)]
    fn f(&self) {}

    #[handler(before = guards::off)]
    fn g(&self) {}

    #[handler(before = off, timeout = off, rate = off, max_body = off, guest = off)]
    fn h(&self) {}

    #[handler(rate = "100/m burst 5", timeout = "1h", max_body = "64B")]
    #[cfg(all())]
    fn i(&self) {}
}

fn main() {
    let app = nano::App::new().component(Room(1_u8));
    drop(app);
}
