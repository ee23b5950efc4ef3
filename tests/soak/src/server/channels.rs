//! Channels: groups that sessions join and leave.

use std::array;

use nano::{Group, Result, Session, component};

use super::Fault;
use super::lobby::Known;
use crate::protocol::{Answer, Ask, CHANNELS, Event, SoakPush};

#[derive(Default)]
struct Channel {
    members: Group,
    /// The number of its last push.
    n: u64,
}

pub(super) struct Channels {
    channels: [Channel; CHANNELS as usize],
    fault: Option<Fault>,
}

impl Channels {
    pub(super) fn new(fault: Option<Fault>) -> Self {
        Self { channels: array::from_fn(|_| Channel::default()), fault }
    }

    pub(super) fn members(&self) -> u64 {
        self.channels.iter().map(|channel| channel.members.len() as u64).sum()
    }

    fn channel(&mut self, ask: &Ask) -> &mut Channel {
        &mut self.channels[(ask.about % CHANNELS) as usize]
    }
}

#[component]
impl Channels {
    #[handler]
    fn join(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        let channel = self.channel(&ask);
        channel.members.add(session)?;
        Known::answer(session, &ask, channel.n)
    }

    #[handler]
    fn part(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        let channel = self.channel(&ask);
        channel.members.leave(session);
        Known::answer(session, &ask, channel.n)
    }

    #[handler]
    fn say(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        let fault = self.fault;
        let channel = self.channel(&ask);
        channel.n += 1;
        let event = Event::of(ask.about, channel.n);
        if fault == Some(Fault::Push) && channel.n.is_multiple_of(10) {
            let members = channel.members.members();
            let unlucky = members.last().map(Session::id);
            let lucky = channel.members.filter(|member| Some(member.id()) != unlucky);
            SoakPush::to(&lucky).channel(&event)?;
        } else {
            SoakPush::to(&channel.members).channel(&event)?;
        }
        Known::answer(session, &ask, channel.n)
    }
}
