//! Every hook, with everything that it may take and return.

use std::time::Duration;

use nano::{Context, Result, Session, component};

struct Gate {
    sessions: usize,
}

struct Broken;

impl From<Broken> for nano::Error {
    fn from(_: Broken) -> Self {
        nano::Error::reject("broken", "the gate is broken")
    }
}

#[component]
impl Gate {
    #[on(init)]
    async fn load(&mut self, context: &Context<Self>) -> Result<()> {
        let _ = context;
        std::future::ready(()).await;
        Ok(())
    }

    #[on(after_init)]
    fn announce(&self) {}

    #[on(drain)]
    async fn finish(&self) {}

    #[on(before_shutdown)]
    fn refuse(&mut self) -> Result<(), Broken> {
        Err(Broken)
    }

    #[on(shutdown)]
    async fn save(&self) {}

    #[on(session_opened)]
    fn opened(&mut self, session: &Session) {
        let _ = session;
        self.sessions += 1;
    }

    #[on(session_bound)]
    async fn bound(&self, context: &Context<Self>, session: &Session) -> Result<()> {
        let _ = (session, context);
        Ok(())
    }

    #[on(session_closed)]
    fn closed(&self) {}

    #[on(session_opened)]
    #[on(session_closed)]
    #[every("250ms")]
    fn count(&self, context: &Context<Self>) {
        let _ = (context, Duration::ZERO);
    }

    #[every("5m")]
    async fn report(&mut self) -> Result<()> {
        Ok(())
    }

    #[nano::every("1h")]
    fn rest(&self, _: &Context<Self>) -> Result<()> {
        Ok(())
    }
}

fn main() {}
