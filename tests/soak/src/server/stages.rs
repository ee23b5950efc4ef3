//! The stages around the messages of the server, whose work the players verify.

use std::sync::atomic::{AtomicU64, Ordering};

use nano::App;

use super::Fault;
use super::known::Known;
use crate::protocol::SEAL;

/// Adds a stage for what comes in, one for what goes out to all, and one for what goes out to each session.
pub(super) fn add(app: App, fault: Option<Fault>) -> App {
    let sealed = AtomicU64::new(0);
    app
        // A body whose seal is still there is no JSON. What hostile clients send has none.
        .inbound(|message| {
            if message.body().last() == Some(&SEAL) {
                message.body_mut().pop();
            }
            Ok(())
        })
        .outbound_shared(move |message| {
            let number = sealed.fetch_add(1, Ordering::Relaxed);
            if fault != Some(Fault::Stage) || !number.is_multiple_of(1000) {
                message.body_mut().push(SEAL);
            }
            Ok(())
        })
        // The user, so that a client knows the messages of others, and the number of the message among all those of the
        // session. A push that may be dropped behind this has the number of the message before it.
        .outbound(|session, message| {
            let known = Known::of(session);
            let (uid, number) = known.map_or((0, 0), |known| {
                let is_droppable = ["onLatest", "onLossy"].contains(&message.route());
                (known.uid, if is_droppable { known.passed() } else { known.pass() })
            });
            let body = message.body_mut();
            body.extend((uid as u32).to_be_bytes());
            body.extend(number.to_be_bytes());
            Ok(())
        })
}
