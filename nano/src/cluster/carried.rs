//! Pushes to many clients of another node.

use std::sync::Arc;

use bytes::Bytes;

use super::frames::{Kind, Push, class_to_frame};
use super::linked::Link;
use crate::session::SessionId;
use crate::session::carrier::Carrier;
use crate::session::link::Refused;
use crate::wire::Wire;
use crate::wire::outgoing::{Head, Outgoing};
use crate::{Error, ErrorKind};

/// The most sessions of one frame, which take six bytes each: a larger broadcast is several frames.
const MEMBERS: usize = 100_000;

/// The way to all clients of one gate.
pub(super) struct Carried {
    pub(super) wire: Arc<Wire>,
    pub(super) link: Arc<Link>,
}

impl Carried {
    /// The body of a message, which has `texts` bytes beside it.
    pub(super) fn body(&self, message: &Outgoing<'_>, texts: usize) -> Result<Bytes, Refused> {
        let body = message.body(&self.wire).map_err(Refused::Message)?;
        let (len, limit) = (body.len() + texts, self.wire.packet_limit);
        if len > limit {
            let text = format!("the message has {len} bytes, and {limit} are allowed");
            return Err(Refused::Message(Error::new(ErrorKind::TooLarge, text)));
        }
        Ok(body)
    }
}

impl Carrier for Carried {
    fn number(&self) -> u64 {
        self.link.epoch
    }

    fn push(&self, message: &Outgoing<'_>, sessions: &[SessionId]) -> Result<(), Refused> {
        let Head::Push { route, class } = message.head() else { return Err(Refused::Closed) };
        let body = self.body(message, route.len())?;
        let (class, key) = class_to_frame(class);
        for sessions in sessions.chunks(MEMBERS) {
            let (session, members) = match sessions {
                [one] => (one.get(), Vec::new()),
                many => (0, many.iter().map(|session| session.counter()).collect()),
            };
            let (route, body, class) = (route.to_owned(), body.clone(), class.into());
            let push = Push { session, route, body, class, key, members, ..Push::default() };
            let offered = self.link.queue.offer(Kind::Push(push));
            offered.map_err(|unsent| Refused::Message(unsent.into_error()))?;
        }
        Ok(())
    }
}
