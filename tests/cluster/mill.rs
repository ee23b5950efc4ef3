//! The component of nodes that are restarted under load: it tells of all that it takes and sends.

use std::time::Duration;

use nano::{Reply, Result, Session, component};
use tokio::time::sleep;

use crate::node::{Fact, tell};

/// The time that a handler takes, so that there are some at any time.
const WORK: Duration = Duration::from_millis(2);

pub(crate) struct Mill;

#[component]
impl Mill {
    /// Answers behind a push, and lets another one follow.
    #[handler]
    async fn grind(&self, session: &Session, number: u64) -> Result<u64> {
        tell(&Fact::Noted { number });
        sleep(WORK).await;
        session.push("onGround", &number)?;
        let session = session.clone();
        tokio::spawn(async move {
            sleep(WORK).await;
            if session.push("onDust", &number).is_ok() {
                tell(&Fact::Pushed { number });
            }
        });
        Ok(number)
    }

    /// Answers when its handler has ended.
    #[handler]
    fn sift(&self, number: u64, reply: Reply<u64>) {
        tell(&Fact::Noted { number });
        tokio::spawn(async move {
            sleep(WORK).await;
            reply.send(number);
        });
    }

    /// Answers when it may, beside other messages of the session.
    #[handler(concurrent)]
    async fn weigh(&self, number: u64) -> u64 {
        tell(&Fact::Noted { number });
        sleep(WORK).await;
        number
    }
}
