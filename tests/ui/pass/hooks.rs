//! Every hook, with everything that it may take and return.

use std::time::Duration;

use nano::{Context, Handshake, Result, Session, component};
use serde::{Deserialize, Serialize};

struct Gate {
    sessions: usize,
}

struct Broken;

#[derive(Deserialize)]
struct Login {
    token: String,
}

#[derive(Serialize)]
struct Welcome {
    motd: String,
}

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

    #[on(handshake)]
    async fn greet(
        &mut self,
        context: &Context<Self>,
        hello: Handshake<Login>,
        session: &Session,
    ) -> Result<Welcome, Broken> {
        let _ = (context, session.remote_addr());
        Ok(Welcome { motd: hello.user.token })
    }

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

/// The other forms, of which an app takes one.
struct Gates;

#[component(name = "gates")]
impl Gates {
    #[on(handshake)]
    fn untyped(&self, hello: Handshake) -> Welcome {
        Welcome { motd: hello.version().unwrap_or_default().to_owned() }
    }

    #[on(handshake)]
    #[on(session_closed)]
    fn nothing(&self, _: &Session) {}

    #[on(handshake)]
    async fn refuses(&self) -> Result<()> {
        Err(nano::Error::reject("closed", "come back tomorrow"))
    }
}

fn main() {}
